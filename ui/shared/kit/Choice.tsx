import { Select, type RefSelectProps, type SelectProps } from "antd";
import type { Ref } from "react";
import { useSearch } from "./useSearch";

/** A choice among words that are all there, found by a part of them. Choices among records are of forms. */
export function Choice<V>({
  onBlur,
  onSelect,
  ...props
}: Omit<SelectProps<V>, "showSearch"> & { ref?: Ref<RefSelectProps> }) {
  const { setText, search } = useSearch();
  return (
    <Select<V>
      {...props}
      showSearch={{ optionFilterProp: "label", ...search }}
      onSelect={(value, option) => {
        setText("");
        onSelect?.(value, option);
      }}
      onBlur={(event) => {
        setText("");
        onBlur?.(event);
      }}
    />
  );
}
