import { Select } from "antd";
import type { ControlProps } from "./form";
import { type Offer, fits, inOrderOf, plainly } from "./offered";
import { useChoice } from "./useChoice";

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
  const both = shown === "both";
  const isFilled = value !== "" || unread !== undefined;
  // What a text plainly names is taken, and any other text kept.
  const { search, frame, take } = useChoice(control, isFilled, (left) => {
    const only = plainly(offers, left, both);
    if (only) control.onCell(only.value);
    else control.onUnread(left);
  });

  return (
    <Select
      {...frame}
      value={value || undefined}
      placeholder={unread}
      showSearch={{
        ...search,
        filterOption: (typed, option) => option !== undefined && fits(option, typed, both),
        filterSort: (a, b, { searchValue }) => inOrderOf(searchValue)(a, b),
      }}
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
      onChange={(next?: string) => {
        take();
        control.onCell(next ?? null);
      }}
    />
  );
}
