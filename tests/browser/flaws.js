// What is wrong with the page for somebody who cannot see it, or sees it badly: a list of lines, empty where all is well.
const flaws = [];
const visible = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const shown = (selector) => [...document.querySelectorAll(selector)].filter(visible);
const brief = (element) => element.outerHTML.slice(0, 120).replace(/\s+/g, " ");
const flaw = (what, element) => flaws.push(`${what}: ${brief(element)}`);

// Structure.
if (document.scripts.length > 0) flaws.push("the page has scripts");
if (!document.documentElement.lang) flaws.push("the page has no language");
if (!document.title.trim()) flaws.push("the page has no title");
if (document.querySelectorAll("main").length !== 1) flaws.push("the page has not one main part");
if (shown("h1").length !== 1) flaws.push("the page has not one first heading");
const ids = new Set();
for (const element of document.querySelectorAll("[id]")) {
  if (ids.has(element.id)) flaw("the same id twice", element);
  ids.add(element.id);
}

// Names.
const named = (element) =>
  (element.innerText || element.getAttribute("aria-label") || element.getAttribute("title") || "").trim() !== "";
for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) flaw("an image without alt", image);
for (const control of shown("button, a[href], summary")) if (!named(control)) flaw("a control without a name", control);
for (const field of shown("input:not([type=hidden]), textarea, select")) {
  const labels = [...(field.labels || [])].filter((label) => label.innerText.trim() !== "");
  if (labels.length === 0 && !field.getAttribute("aria-label")) flaw("a field without a label", field);
}
for (const box of shown("pre, table")) {
  const scrolls = box.scrollWidth > box.clientWidth + 1;
  if (scrolls && getComputedStyle(box).overflowX === "visible") flaw("a wide box that does not scroll", box);
}

// Nothing sticks out of the window.
if (document.documentElement.scrollWidth > window.innerWidth) {
  flaws.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${window.innerWidth}`);
}

// Contrast: 4.5 to 1, for large text 3 to 1.
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const pen = canvas.getContext("2d", { willReadFrequently: true });
const rgba = (colour) => {
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3]));
const ground = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const layer = rgba(getComputedStyle(at).backgroundColor);
    if (layer[3] > 0) layers.push(layer);
    if (layer[3] === 1) break;
  }
  return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
};
const light = (colour) => {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const judged = new Set();
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || judged.has(element) || !visible(element)) continue;
  judged.add(element);
  const style = getComputedStyle(element);
  const below = ground(element);
  const [one, other] = [light(over(rgba(style.color), below)), light(below)].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
  if (ratio < (large ? 3 : 4.5)) flaw(`contrast ${ratio.toFixed(2)}`, element);
}
return flaws;
