// Tables pasted into an editing area. Draft.js would glue the cells of a row together; each becomes a paragraph here,
// as sanitising makes it of them later.

const BLOCKS = "p, div, ul, ol, h1, h2, h3, h4, h5, h6, blockquote, pre, table, hr";

const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(BLOCKS) || node.querySelector(BLOCKS));

// The blocks of a cell; what runs on between two of them is a paragraph too.
function paragraphsOf(cell) {
  const paragraphs = [];
  let run = null;
  for (const node of [...cell.childNodes]) {
    if (isBlock(node)) {
      paragraphs.push(node);
      run = null;
    } else {
      if (!run) paragraphs.push((run = cell.ownerDocument.createElement("p")));
      run.append(node);
    }
  }
  return paragraphs;
}

function withoutTables(html) {
  const pasted = new DOMParser().parseFromString(html, "text/html");
  // Inner tables first: their paragraphs then stand in the cells of the outer ones.
  for (const table of [...pasted.querySelectorAll("table")].reverse()) {
    const paragraphs = [...table.querySelectorAll("caption, td, th")].flatMap(paragraphsOf);
    // In a division, so that what stands before and behind the table is no part of its paragraphs, nor of each other.
    const division = pasted.createElement("div");
    division.append(...paragraphs);
    table.replaceWith(division);
  }
  return pasted.body.innerHTML;
}

const ours = new WeakSet();

document.addEventListener(
  "paste",
  (event) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    if (ours.has(event) || !/<table/i.test(html) || !event.target.closest?.(".Draftail-Editor")) return;
    const clipboard = new DataTransfer();
    for (const type of event.clipboardData.types) {
      if (type !== "Files") clipboard.setData(type, event.clipboardData.getData(type));
    }
    clipboard.setData("text/html", withoutTables(html));
    event.preventDefault();
    event.stopImmediatePropagation();
    const pasted = new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true });
    ours.add(pasted);
    event.target.dispatchEvent(pasted);
  },
  { capture: true },
);
