import { Select } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { tabGoesOn, useClearing } from "./clearing";
import type { ControlProps } from "./form";
import { type Offer, fits, inOrderOf, plainly } from "./offered";

/** A choice among words; `both` shows the value beside its name and finds it by either. */
export function Offered({
  value,
  unread,
  offers,
  shown = "label",
  ...control
}: ControlProps & {
  value: string;
  unread: string | undefined;
  offers: Offer[];
  shown?: "label" | "both";
}) {
  const { t } = useTranslation();
  const both = shown === "both";
  const [text, setText] = useState("");
  const chosen = useRef(false);
  const isFilled = value !== "" || unread !== undefined;
  const clearing = useClearing(!control.required && isFilled, () => control.onCell(null));

  /** Leaving with a text that chose nothing: take what it plainly names, or keep the text. */
  const leave = () => {
    const left = text.trim();
    setText("");
    if (left === "" || chosen.current) return;
    const only = plainly(offers, left, both);
    if (only) control.onCell(only.value);
    else control.onUnread(left);
  };

  return (
    <Select
      id={control.id}
      aria-label={control.name}
      aria-describedby={control.describedBy}
      aria-required={control.required}
      status={control.invalid ? "error" : ""}
      className="fill"
      popupMatchSelectWidth={false}
      {...clearing}
      value={value || undefined}
      placeholder={unread}
      showSearch={{
        searchValue: text,
        onSearch: setText,
        filterOption: (typed, option) => option !== undefined && fits(option, typed, both),
        filterSort: (a, b, { searchValue }) => inOrderOf(searchValue)(a, b),
      }}
      notFoundContent={t("record.chooseNone")}
      options={offers}
      optionRender={(option) =>
        both && option.label !== option.value ? (
          <span className="pick-hit">
            <span className="faint pick-key">{option.value}</span>
            <span>{option.label}</span>
          </span>
        ) : (
          option.label
        )
      }
      onFocus={() => {
        chosen.current = false;
      }}
      onKeyDown={tabGoesOn}
      onBlur={leave}
      onChange={(next?: string) => {
        chosen.current = true;
        setText("");
        control.onCell(next ?? null);
      }}
    />
  );
}
