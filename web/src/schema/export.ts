// The diagram as a file: SVG that needs nothing from elsewhere, and Mermaid text.

import { h, render } from "preact";
import { nameOf, saidName, shownColumns, type Detail, type Graph } from "./graph";
import type { Layout } from "./layout";
import { BoxShape, drawnLinks, GroupShape, LinkShape } from "./scene";
import { typeWord } from "./sizes";

const ns = "http://www.w3.org/2000/svg";
const kept = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-size", "font-weight", "text-anchor", "text-decoration-line"] as const;
const usual: Record<string, string> = {
  "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter", opacity: "1", "text-anchor": "start", "text-decoration-line": "none",
  "stroke-width": "1px", stroke: "none", fill: "rgb(0, 0, 0)",
};

/** The whole diagram as it looks now, near, with every colour written out. */
export function svgOf(graph: Graph, layout: Layout, detail: Detail, title: string): string {
  const holder = document.createElement("div");
  holder.style.cssText = "position:absolute;left:-99999px;top:0;width:1px;height:1px;overflow:hidden";
  document.body.append(holder);
  try {
    const svg = document.createElementNS(ns, "svg");
    holder.append(svg);
    const links = drawnLinks(graph, layout, detail);
    const comparing = graph.boxes.some((b) => b.mark !== "same");
    render(
      h("g", null,
        ...layout.groups.map((group, index) => h(GroupShape, { group, index, k: 1 })),
        ...links.map((d) => h(LinkShape, { d, hot: false, distance: "near" as const })),
        ...graph.boxes.filter((b) => layout.boxes[b.id]).map((box) =>
          h(BoxShape, { box, at: layout.boxes[box.id]!, detail, distance: "near" as const, selected: false, near: false, faded: comparing && box.mark === "same" })),
      ),
      svg,
    );
    writeOut(svg);
    const pad = 24;
    const w = Math.ceil(layout.w + 2 * pad), tall = Math.ceil(layout.h + 2 * pad);
    const paper = getComputedStyle(document.body).backgroundColor;
    const inner = new XMLSerializer().serializeToString(svg.firstElementChild!).replaceAll(` xmlns="${ns}"`, "");
    return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="${ns}" width="${w}" height="${tall}" viewBox="${-pad} ${-pad} ${w} ${tall}">\n<title>${escape(title)}</title>\n<rect x="${-pad}" y="${-pad}" width="${w}" height="${tall}" fill="${paper}"/>\n${inner}\n</svg>\n`;
  } finally {
    holder.remove();
  }
}

/** Gives each shape the look that the page's styles give it, as attributes. */
function writeOut(svg: SVGElement): void {
  const all = [...svg.querySelectorAll<SVGElement>("*")];
  const looks = all.map((el) => {
    const style = getComputedStyle(el);
    const look = kept.map((name) => [name, style.getPropertyValue(name)] as const);
    return el.tagName === "text" ? [...look, ["font-family", style.fontFamily.replaceAll('"', "'")] as const] : look;
  });
  all.forEach((el, i) => {
    for (const name of ["class", "style", "data-box", "role"]) el.removeAttribute(name);
    for (const [name, value] of looks[i]!) {
      const own = el.tagName === "g" ? name === "opacity" : el.tagName === "text" || !/^(font|text)/.test(name);
      if (!own || value === "" || value === usual[name]) continue;
      el.setAttribute(name === "text-decoration-line" ? "text-decoration" : name, value);
    }
  });
}

function escape(s: string): string {
  return s.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
}

/** An erDiagram as Mermaid reads it. */
export function mermaidOf(graph: Graph, detail: Detail): string {
  const word = (s: string) => s.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "") || "_";
  const name = (id: string) => {
    const said = saidName(nameOf(id));
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(said) ? said : `"${said.replaceAll('"', "'")}"`;
  };
  const out = ["erDiagram"];
  for (const b of graph.boxes) {
    const { columns } = shownColumns(b, detail);
    if (columns.length === 0) {
      out.push(`  ${name(b.id)}`);
      continue;
    }
    out.push(`  ${name(b.id)} {`);
    for (const c of columns) {
      const keys = [c.primary && "PK", c.foreign && "FK", c.unique && !c.primary && "UK"].filter(Boolean).join(", ");
      out.push(`    ${word(typeWord(c.type))} ${word(c.name)}${keys ? " " + keys : ""}`);
    }
    out.push("  }");
  }
  for (const l of graph.links) out.push(`  ${name(l.to)} ${l.optional ? "|o" : "||"}--${l.one ? "o|" : "o{"} ${name(l.from)} : "${l.fromColumns.join(", ").replaceAll('"', "'")}"`);
  return out.join("\n") + "\n";
}
