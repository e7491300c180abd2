// The same as the diagram shows, for those who read rather than look.

import { href } from "../router";
import { IconKey, IconRight } from "../parts/icons";
import { nameOf, saidName, type Box, type Graph, type Link } from "./graph";
import { typeWord } from "./sizes";
import css from "./schema.module.css";

const signs = { added: "+", removed: "−", changed: "~", same: "" } as const;

export function TableListing({ graph }: { graph: Graph }) {
  const out = new Map<string, Link[]>();
  const into = new Map<string, Link[]>();
  for (const l of graph.links) {
    out.set(l.from, [...(out.get(l.from) ?? []), l]);
    into.set(l.to, [...(into.get(l.to) ?? []), l]);
  }
  return (
    <div class={css.listing} tabIndex={0} role="region" aria-label="Tables">
      {graph.boxes.map((b) => <Card key={b.id} box={b} out={out.get(b.id) ?? []} into={into.get(b.id) ?? []} />)}
    </div>
  );
}

function Card({ box, out, into }: { box: Box; out: Link[]; into: Link[] }) {
  const target = new Map(out.flatMap((l) => l.fromColumns.map((c) => [c, l] as const)));
  return (
    <section class={css.card} aria-label={saidName(box)}>
      <h2>
        <a href={href(["schema", box.schema, box.name])}>{saidName(box)}</a>
        {box.mark !== "same" && <span class={`${css.tag} ${css[box.mark]}`}>{signs[box.mark]} {box.mark}</span>}
      </h2>
      <ul>
        {box.columns.map((c) => {
          const l = target.get(c.name);
          return (
            <li key={c.name} class={css[c.mark]}>
              <span class={css.cardGlyph}>{c.mark !== "same" ? signs[c.mark] : c.primary ? <IconKey size={12} /> : null}</span>
              <span class={css.cardName}>{c.name}{c.mark !== "same" && <span class="visually-hidden"> ({c.mark})</span>}</span>
              <span class={css.cardType}>{c.was ? `${typeWord(c.was)} → ` : ""}{typeWord(c.type)}{c.nullable ? ", null" : ""}</span>
              {l && <a class={css.cardLink} href={href(["schema", ...Object.values(nameOf(l.to))])}><IconRight size={12} />{saidName(nameOf(l.to))}</a>}
            </li>
          );
        })}
      </ul>
      {into.length > 0 && (
        <p class={css.cardInto}>
          Pointed to by {[...new Set(into.map((l) => l.from))].map((id, i) => [i > 0 && ", ", <a key={id} href={href(["schema", ...Object.values(nameOf(id))])}>{saidName(nameOf(id))}</a>])}
        </p>
      )}
    </section>
  );
}
