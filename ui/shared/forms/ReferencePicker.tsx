import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEntity } from "../data/queries";
import type { SearchHit } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";
import { useKey } from "../keys/Keyboard";
import { keyText } from "../keys/keymap";
import type { ControlProps, FormActions } from "./form";
import { offers, plainlyNamed } from "./offers";
import { useChoice } from "./useChoice";

/** Chooses a record: typed words find it, Enter takes the first, Tab takes it and goes on. */
export function ReferencePicker({
  entity,
  value,
  title,
  unread,
  onName,
  createHere,
  onFind,
  ...control
}: ControlProps & {
  entity: string;
  value: string | null;
  title: string;
  unread: string | undefined;
  onName: (id: string, title: string) => void;
  createHere?: FormActions["createHere"];
  /** Tells of a search that a save has to wait for. */
  onFind?: FormActions["find"] | undefined;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const known = useEntity(entity);
  const [open, setOpen] = useState(false);
  const isFilled = value !== null || unread !== undefined;
  const take = (id: string, name: string) => {
    onName(id, name);
    control.onCell(id);
  };
  /** What a text plainly names is taken, and any other text kept. */
  const settle = async (left: string) => {
    const only = await plainlyNamed(entity, known?.key ?? null, left).catch(() => undefined);
    if (only) take(only.id, only.title);
    else control.onUnread(left);
  };
  const choice = useChoice(control, isFilled, (left) => {
    const found = settle(left);
    onFind?.(found);
  });
  const { text } = choice;
  const asked = useDeferredValue(text);
  const { data } = useQuery({
    queryKey: ["offers", entity, asked],
    queryFn: () => offers(entity, known?.key ?? null, asked),
    enabled: open,
    staleTime: 0,
    gcTime: 60_000,
  });
  // What was found for an older text must not be taken for the text that stands there now.
  const hits = asked === text ? (data ?? []) : [];
  const mayCreate = createHere !== undefined && known?.may_create === true;

  const create = () => {
    // Its list would lie over the new form.
    setOpen(false);
    createHere?.(entity, text.trim(), take);
  };
  useKey("createHere", create, choice.focused && mayCreate);

  const nothing = () => {
    if (asked !== text || !data) return t("app.loading");
    if (text.trim() !== "") return t("record.chooseNone");
    return mayCreate ? t("record.chooseFirst") : t("record.chooseEmpty");
  };
  return (
    <Select
      {...choice.frame}
      open={open}
      onOpenChange={setOpen}
      value={value === null ? undefined : { value, label: title || t("record.unnamed") }}
      labelInValue
      placeholder={unread ?? t("record.chooseType")}
      showSearch={{ filterOption: false, ...choice.search }}
      options={hits.map((hit) => ({ value: hit.id, label: hit.title, hit }))}
      optionRender={(option) => <Hit hit={option.data.hit} />}
      notFoundContent={nothing()}
      onSelect={(_, option) => {
        choice.take();
        take(option.hit.id, option.hit.title);
      }}
      onClear={() => control.onCell(null)}
      popupRender={(list) => (
        <>
          {list}
          {mayCreate && (
            <button type="button" className="plain pick-new" onMouseDown={create}>
              {t("record.createHere", { label: label(known.label) })}{" "}
              <kbd>{keyText("createHere", language)}</kbd>
            </button>
          )}
        </>
      )}
    />
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  return (
    <span className="pick-hit">
      {hit.key !== hit.title && <span className="faint pick-key">{hit.key}</span>}
      <span>{hit.title}</span>
    </span>
  );
}
