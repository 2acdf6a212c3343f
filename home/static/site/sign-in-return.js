// On pages that are the same for every address (what isn't there, or may not be read), the sign-in link doesn't know
// where it stands: brings the reader back here after signing in. An address that holds the secret of a token is handed
// on to nobody.
const secret = /des(?:_|%5f)/i.test(location.pathname);
for (const link of secret ? [] : document.querySelectorAll("a[data-sign-in]")) {
  const address = new URL(link.href);
  address.searchParams.set("next", location.pathname + location.search);
  link.href = address;
}
