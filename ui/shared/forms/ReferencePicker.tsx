import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEntity } from "../data/queries";
import type { SearchHit } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";
import { useKey } from "../keys/Keyboard";
import { keyText } from "../keys/keymap";
import { tabGoesOn, useClearing } from "./clearing";
import type { ControlProps, FormActions } from "./form";
import { offers, plainlyNamed } from "./offers";

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
  const [focused, setFocused] = useState(false);
  const [text, setText] = useState("");
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
  const chosen = useRef(false);
  const isFilled = value !== null || unread !== undefined;
  const clearing = useClearing(!control.required && isFilled, () => control.onCell(null));

  const take = (id: string, name: string) => {
    onName(id, name);
    control.onCell(id);
  };
  const create = () => {
    // Its list would lie over the new form.
    setOpen(false);
    createHere?.(entity, text.trim(), take);
  };
  useKey("createHere", create, focused && createHere !== undefined && known?.may_create === true);

  /** Leaving with a text that chose nothing: take what it plainly names, or keep the text. */
  const leave = async () => {
    setFocused(false);
    const left = text.trim();
    if (left === "" || chosen.current) return;
    const only = await plainlyNamed(entity, known?.key ?? null, left).catch(() => undefined);
    if (only) take(only.id, only.title);
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
      open={open}
      onOpenChange={setOpen}
      value={value === null ? undefined : { value, label: title || t("record.unnamed") }}
      labelInValue
      placeholder={unread ?? t("record.chooseType")}
      showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
      options={hits.map((hit) => ({ value: hit.id, label: hit.title, hit }))}
      optionRender={(option) => <Hit hit={option.data.hit} />}
      notFoundContent={asked === text && data ? t("record.chooseNone") : t("app.loading")}
      onFocus={() => {
        chosen.current = false;
        setFocused(true);
      }}
      onKeyDown={tabGoesOn}
      onBlur={() => {
        const search = leave();
        onFind?.(search);
        setText("");
      }}
      onSelect={(_, option) => {
        chosen.current = true;
        take(option.hit.id, option.hit.title);
        setText("");
      }}
      onClear={() => control.onCell(null)}
      popupRender={(list) => (
        <>
          {list}
          {createHere && known?.may_create && (
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
      <span className="faint pick-key">{hit.key}</span>
      <span>{hit.title}</span>
    </span>
  );
}
