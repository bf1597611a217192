import { CloseOutlined } from "@ant-design/icons";
import type { EntityView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { Choice } from "@daybook/shared/kit/Choice";
import { Button, Input } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldsOf, placeText } from "./targets";

/** Values that the file does not have and that every record gets: the unit of all items, a country, a group. */
export function ForAll({
  entity,
  set,
  disabled,
  onSet,
}: {
  entity: EntityView;
  set: Record<string, string | undefined>;
  disabled: boolean;
  onSet: (set: Record<string, string>) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const [field, setField] = useState<string | null>(null);
  const [value, setValue] = useState("");
  const given = Object.entries(set).map(([path, text]) => [path, text ?? ""] as const);
  const places = useMemo(() => fieldsOf(entity, label), [entity, label]);
  const add = () => {
    if (field === null || value.trim() === "") return;
    onSet({ ...Object.fromEntries(given), [field]: value.trim() });
    setField(null);
    setValue("");
  };
  return (
    <section aria-label={t("import.forAll")}>
      <h2>{t("import.forAll")}</h2>
      <p className="quiet">{t("import.forAllHint")}</p>
      {given.map(([path, text]) => (
        <p key={path} className="import-given">
          <span>{placeText(entity, label, path)}</span>
          <strong>{text}</strong>
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t("import.forAllDrop", { field: placeText(entity, label, path) })}
            disabled={disabled}
            onClick={() => onSet(Object.fromEntries(given.filter(([known]) => known !== path)))}
          />
        </p>
      ))}
      <form
        className="import-given"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Choice
          aria-label={t("import.forAllField")}
          className="import-target"
          size="small"
          placeholder={t("import.unmapped")}
          disabled={disabled}
          value={field}
          options={places.filter(({ value: path }) => !(path in set))}
          onChange={setField}
        />
        <Input
          aria-label={t("import.forAllValue")}
          className="import-system"
          size="small"
          disabled={disabled}
          value={value}
          onChange={({ target }) => setValue(target.value)}
        />
        <Button
          size="small"
          htmlType="submit"
          disabled={disabled || field === null || value.trim() === ""}
        >
          {t("import.forAllAdd")}
        </Button>
      </form>
    </section>
  );
}
