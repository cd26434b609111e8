// Reads world-atlas countries-10m and writes two sets of pre-projected outlines of the eleven states as JSON:
//   node shapes.mjs COARSE.json FINE.json
// Projection: cylindrical equal-area, standard parallel 12 degrees north and south (areas are comparable on a
// thematic map, and near the equator shapes hardly suffer). Frame: 1000 units wide.
import { readFileSync, writeFileSync } from "node:fs";
import { feature, merge } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const STATES = {
  BN: "096", KH: "116", ID: "360", LA: "418", MY: "458", MM: "104",
  PH: "608", SG: "702", TH: "764", VN: "704", TL: "626",
};
const FRAME = { west: 91.2, east: 142.2, south: -11.6, north: 29.2 };
const RAD = Math.PI / 180, STANDARD = Math.cos(12 * RAD);
const width = 1000, scale = width / ((FRAME.east - FRAME.west) * RAD * STANDARD);
const rise = (lat) => Math.sin(lat * RAD) / STANDARD;
const project = ([lon, lat]) => [
  (lon - FRAME.west) * RAD * STANDARD * scale,
  (rise(FRAME.north) - rise(lat)) * scale,
];
const height = Math.round((rise(FRAME.north) - rise(FRAME.south)) * scale);

const world = JSON.parse(readFileSync("node_modules/world-atlas/countries-10m.json", "utf8"));
const weighted = presimplify(world);
const atlas = world.objects.countries.geometries;

const ringArea = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
  const [u, v] = ring[(i + 1) % ring.length];
  return sum + x * v - u * y;
}, 0)) / 2;

// Sutherland-Hodgman against the frame: enough for a rectangle.
function clip(ring) {
  const edges = [
    [(p) => p[0] >= -4, (a, b) => cut(a, b, 0, -4)], [(p) => p[0] <= width + 4, (a, b) => cut(a, b, 0, width + 4)],
    [(p) => p[1] >= -4, (a, b) => cut(a, b, 1, -4)], [(p) => p[1] <= height + 4, (a, b) => cut(a, b, 1, height + 4)],
  ];
  return edges.reduce((points, [inside, crossing]) => {
    const out = [];
    points.forEach((point, i) => {
      const before = points[(i + points.length - 1) % points.length];
      if (inside(point) !== inside(before)) out.push(crossing(before, point));
      if (inside(point)) out.push(point);
    });
    return out;
  }, ring);
}
function cut(a, b, axis, at) {
  const t = (at - a[axis]) / (b[axis] - a[axis]);
  const point = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
  point[axis] = at;
  return point;
}

// Relative moves on a grid of 1/digits units; points that fall together are dropped.
function pathOf(rings, digits) {
  const text = (n) => String(n / digits).replace(/^(-?)0\./, "$1.");
  return rings.map((ring) => {
    const grid = ring.map(([x, y]) => [Math.round(x * digits), Math.round(y * digits)]);
    const kept = grid.filter(([x, y], i) => i === 0 || x !== grid[i - 1][0] || y !== grid[i - 1][1]);
    if (kept.length > 1 && String(kept[0]) === String(kept.at(-1))) kept.pop();
    if (kept.length < 3) return "";
    const moves = kept.slice(1).map(([x, y], i) => {
      const dx = text(x - kept[i][0]), dy = text(y - kept[i][1]);
      return (dx.startsWith("-") || i === 0 ? dx : ` ${dx}`) + (dy.startsWith("-") ? dy : ` ${dy}`);
    });
    return `M${text(kept[0][0])} ${text(kept[0][1])}l${moves.join("")}z`;
  }).join("");
}

const polygons = (geometry) => geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;

function shapes({ weight, smallest, digits, contextSmallest }) {
  const plain = simplify(weighted, weight), untouched = simplify(weighted, 0);
  const outlines = {};
  for (const [code, number] of Object.entries(STATES)) {
    const source = code === "SG" ? untouched : plain;      // Singapore must not be simplified away
    const geometry = source.objects.countries.geometries.find((g) => g.id === number);
    const parts = polygons(feature(source, geometry).geometry).map((part) => part.map((ring) => ring.map(project)));
    const areas = parts.map(([outer]) => ringArea(outer));
    const largest = Math.max(...areas);
    const kept = parts.filter((_, i) => areas[i] >= smallest || areas[i] === largest)
      .flatMap(([outer, ...holes]) => [outer, ...holes.filter((hole) => ringArea(hole) >= smallest)]);
    outlines[code] = pathOf(kept, digits);
  }
  const others = plain.objects.countries.geometries.filter((g) => !Object.values(STATES).includes(g.id));
  const near = polygons(merge(plain, others)).flat().map((ring) => clip(ring.map(project)))
    .filter((ring) => ring.length > 2 && ringArea(ring) >= contextSmallest);
  return { width, height, context: pathOf(near, digits), outlines };
}

const [coarse, fine] = process.argv.slice(2);
writeFileSync(coarse, JSON.stringify(shapes({ weight: 0.006, smallest: 4, digits: 1, contextSmallest: 14 })) + "\n");
writeFileSync(fine, JSON.stringify(shapes({ weight: 0.0007, smallest: 0.25, digits: 10, contextSmallest: 2 })) + "\n");
