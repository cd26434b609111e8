// A picture of a figure: the server's SVG file, with the fonts put inside so that it looks the same everywhere.

const FACES = [["Source Sans 3", 400], ["Source Sans 3", 600], ["Source Serif 4", 600]];
const SCALE = 2;

export async function save(url, fonts, name) {
  const source = await (await fetch(url)).text();
  const faces = await Promise.all(fonts.map(async (font, index) => {
    const [family, weight] = FACES[index];
    return `@font-face{font-family:"${family}";font-weight:${weight};src:url(${await embedded(font)}) format("woff2")}`;
  }));
  const [opening, tag] = source.match(/<svg([^>]*)>/);
  const length = (name) => Number(tag.match(new RegExp(`\\b${name}="([\\d.]+)"`))[1]);
  const width = length("width"), height = length("height");
  // As text and not as a document: a <style> made in a document would fall under this page's content policy.
  const text = source.replace(opening, `${opening}<style>${faces.join("")}</style>`);
  const image = await loaded(`data:image/svg+xml;base64,${base64(new TextEncoder().encode(text))}`);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/png"); });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function embedded(url) {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  return `data:font/woff2;base64,${base64(bytes)}`;
}

function base64(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

// onload and not decode(): fonts inside a picture are ready only then.
function loaded(source) {
  return new Promise((done, refused) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => refused(new Error("the drawing could not be read"));
    image.src = source;
  });
}
