// Buttons and fields.

import type { AllHTMLAttributes, AnchorHTMLAttributes, ComponentChildren, Ref } from "preact";
import { IconSearch } from "./icons";
import css from "./controls.module.css";

// Preact types each role and type of a field apart; a wrapper passes on what it is given.
type Attributes<E extends HTMLElement> = Omit<AllHTMLAttributes<E>, "ref" | "icon" | "label"> & { ref?: Ref<E> };

type ButtonLook = "plain" | "outline" | "solid" | "danger";

interface ButtonProps extends Attributes<HTMLButtonElement> {
  look?: ButtonLook;
  small?: boolean;
  children?: ComponentChildren;
}

function buttonClass(look: ButtonLook, small: boolean | undefined, icon: boolean, extra: unknown): string {
  return [css.button, look !== "plain" && css[look], small && css.small, icon && css.icon, extra].filter(Boolean).join(" ");
}

export function Button({ look = "plain", small, class: extra, ...rest }: ButtonProps) {
  return <button type="button" {...(rest as object)} class={buttonClass(look, small, false, extra)} />;
}

/** A button that is only an icon; `label` is its name and its tooltip. */
export function IconButton({ label, tip, look = "plain", small, class: extra, ...rest }: ButtonProps & { label: string; tip?: string }) {
  return <button type="button" aria-label={label} data-tip={tip ?? label} {...(rest as object)} class={buttonClass(look, small, true, extra)} />;
}

export function LinkButton({ look = "plain", small, class: extra, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { look?: ButtonLook; small?: boolean }) {
  return <a {...(rest as object)} class={buttonClass(look, small, false, extra)} />;
}

export function Input({ mono, class: extra, ...rest }: Attributes<HTMLInputElement> & { mono?: boolean }) {
  return <input type="text" autocomplete="off" spellcheck={false} {...(rest as object)} class={[css.field, mono && css.mono, extra].filter(Boolean).join(" ")} />;
}

export function SearchInput({ class: extra, ...rest }: Attributes<HTMLInputElement>) {
  return (
    <div class={[css.searchBox, extra].filter(Boolean).join(" ")}>
      <IconSearch />
      <Input type="search" {...rest} />
    </div>
  );
}

export function Select<T extends string>({ options, class: extra, onPick, ...rest }: Attributes<HTMLSelectElement> & {
  options: readonly (readonly [T, string])[];
  onPick: (value: T) => void;
}) {
  return (
    <select {...(rest as object)} class={[css.select, extra].filter(Boolean).join(" ")} onChange={(e) => onPick(e.currentTarget.value as T)}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>{label}</option>
      ))}
    </select>
  );
}

export function Checkbox({ children, ...rest }: Attributes<HTMLInputElement> & { children: ComponentChildren }) {
  return (
    <label class={css.check}>
      <input type="checkbox" {...(rest as object)} />
      <span>{children}</span>
    </label>
  );
}
