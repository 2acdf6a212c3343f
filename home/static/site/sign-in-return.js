// On pages that are the same for every address (what isn't there, or may not be read), the sign-in link doesn't know
// where it stands: brings the reader back here after signing in.
for (const link of document.querySelectorAll("a[data-sign-in]")) {
  const address = new URL(link.href);
  address.searchParams.set("next", location.pathname + location.search);
  link.href = address;
}
