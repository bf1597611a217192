import { at } from "@daybook/shared/data/queries";
import { cellText } from "@daybook/shared/format/cell";
import type {
  DuplicateGroup,
  EntityView,
  FieldView,
  Problem,
  RecordView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage, useStyle } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { Hint } from "@daybook/shared/hints/Hint";
import { useKey } from "@daybook/shared/keys/Keyboard";
import type { KeyName } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { differing, lacking, pairOf } from "./compare";
import { Obstacles } from "./Obstacles";

/** The account of the record that stays is out of force until somebody approves it. */
const ACCOUNT_WAITS = "account_waits";

/** Seconds for which that is said once they are one. */
const SHOWN = 10;

/** Two records of a group side by side: which stays, what it takes over, or that they are two. */
export function GroupView({
  entity,
  group,
  onOpen,
  onApproval,
}: {
  entity: EntityView;
  group: DuplicateGroup;
  onOpen: (id: string) => void;
  /** Leads to what waits for approval of a record. */
  onApproval: (record: string) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  const { language } = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [stays, setStays] = useState<string | null>(null);
  const [goes, setGoes] = useState<string | null>(null);
  // What the person chose; `null` while nothing was.
  const [taken, setTaken] = useState<ReadonlySet<string> | null>(null);
  const [asking, setAsking] = useState(false);

  const settled = () => queries.invalidateQueries({ queryKey: at.records(entity.name) });
  const merge = useMutation({
    mutationFn: (take: string[]) =>
      call("merge", {
        entity: entity.name,
        survivor: pair?.stays.id ?? "",
        loser: pair?.goes.id ?? "",
        take,
      }),
    onSuccess: () => {
      const waits = cautions.find(({ rule }) => rule === ACCOUNT_WAITS);
      if (waits) void message.warning(problemText(waits, language), SHOWN);
      return settled();
    },
    onSettled: () => setAsking(false),
  });
  const apart = useMutation({
    mutationFn: () =>
      call("not_the_same", { entity: entity.name, records: group.records.map(({ id }) => id) }),
    onSuccess: settled,
  });

  const pair = pairOf(group.records, stays, goes);
  // What stands in the way is said before anybody decides.
  const { data: before } = useQuery({
    queryKey: at.mayMerge(entity.name, pair?.stays.id ?? "", pair?.goes.id ?? ""),
    queryFn: () =>
      call("may_merge", {
        entity: entity.name,
        survivor: pair?.stays.id ?? "",
        loser: pair?.goes.id ?? "",
      }),
    enabled: pair !== null && entity.may_merge,
  });
  const isFree = before?.obstacles.length === 0;
  const cautions = before?.cautions ?? [];
  const fields = pair ? differing(entity, pair) : [];
  const take = taken ?? (pair ? lacking(fields, pair) : new Set<string>());
  const busy = merge.isPending || apart.isPending;
  const ask = () => setAsking(true);
  const separate = () => {
    if (!busy) apart.mutate();
  };
  useKey("merge", ask, pair !== null && entity.may_merge && isFree && !busy && !asking);
  useKey("notSame", separate, entity.may_edit && !asking);
  if (!pair) return null;

  const said = (problem: Problem) => (
    <p key={problem.rule} role="note">
      {problemText(problem, language)}
    </p>
  );
  const choose = (field: string, isTaken: boolean) => {
    const next = new Set(take);
    if (isTaken) next.add(field);
    else next.delete(field);
    setTaken(next);
  };
  const say = (record: RecordView, field: FieldView) => {
    const text = cellText(record.fields[field.name], field.kind, style, record.titles);
    return text || t("duplicates.empty");
  };
  const quiet = (record: RecordView, field: FieldView) =>
    (record.fields[field.name] ?? null) === null ? "empty" : undefined;
  const hints: KeyName[] = ["next"];
  if (entity.may_edit) hints.unshift("notSame");
  if (entity.may_merge && isFree) hints.unshift("merge");
  const failure = merge.error ?? apart.error;
  return (
    <section className="duplicates-group" aria-label={pair.stays.title}>
      <table className="duplicates-table">
        <thead>
          <tr>
            <th scope="col">{t("duplicates.field")}</th>
            {group.records.map((record) => (
              <th key={record.id} scope="col">
                <Button type="link" onClick={() => onOpen(record.id)}>
                  {record.title}
                </Button>
                <div className="faint">{keyOf(entity, record)}</div>
                <label>
                  <input
                    type="radio"
                    name="stays"
                    checked={record.id === pair.stays.id}
                    aria-label={t("duplicates.staysOf", { title: record.title })}
                    onChange={() => {
                      setStays(record.id);
                      setGoes(record.id === pair.goes.id ? pair.stays.id : goes);
                      setTaken(null);
                    }}
                  />
                  {t("duplicates.stays")}
                </label>
                {group.records.length > 2 && (
                  <label>
                    <input
                      type="radio"
                      name="goes"
                      checked={record.id === pair.goes.id}
                      disabled={record.id === pair.stays.id}
                      aria-label={t("duplicates.goesOf", { title: record.title })}
                      onChange={() => {
                        setGoes(record.id);
                        setTaken(null);
                      }}
                    />
                    {t("duplicates.goes")}
                  </label>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">{label(field.label)}</th>
              {group.records.map((record) => {
                const inPair = record.id === pair.stays.id || record.id === pair.goes.id;
                const isTaken = take.has(field.name);
                const isKept = (record.id === pair.goes.id) === isTaken;
                return (
                  <td key={record.id} className={inPair && isKept ? "chosen" : undefined}>
                    {field.merges && entity.may_merge && inPair ? (
                      <label>
                        <input
                          type="radio"
                          name={`value ${field.name}`}
                          checked={isKept}
                          aria-label={`${label(field.label)}: ${say(record, field)}`}
                          onChange={() => choose(field.name, record.id === pair.goes.id)}
                        />
                        <span className={quiet(record, field)}>{say(record, field)}</span>
                      </label>
                    ) : (
                      <span className={quiet(record, field)}>{say(record, field)}</span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{t("duplicates.unites")}</p>
      <Obstacles
        entity={entity}
        goes={pair.goes}
        problems={before?.obstacles ?? []}
        onApproval={onApproval}
      />
      {cautions.map(said)}
      {failure && <FailureNote failure={failureOf(failure)} />}
      <footer className="duplicates-acts">
        {entity.may_merge && (
          <KeyTip name="merge">
            <Button type="primary" disabled={!isFree} loading={merge.isPending} onClick={ask}>
              {t("duplicates.merge")}
            </Button>
          </KeyTip>
        )}
        {entity.may_edit && (
          <KeyTip name="notSame">
            <Button loading={apart.isPending} onClick={separate}>
              {t("duplicates.notSame")}
            </Button>
          </KeyTip>
        )}
      </footer>
      {asking && (
        <Ask
          title={t("duplicates.askTitle", { goes: pair.goes.title, stays: pair.stays.title })}
          answer={t("duplicates.merge")}
          busy={merge.isPending}
          onAnswer={() => merge.mutate([...take].sort())}
          onClose={() => setAsking(false)}
        >
          <p>{t("duplicates.askText", { goes: pair.goes.title, stays: pair.stays.title })}</p>
          {cautions.map(said)}
        </Ask>
      )}
      <Hint place="duplicates" names={hints} />
    </section>
  );
}

/** What tells records of the same name apart: their code, where they have one. */
function keyOf(entity: EntityView, record: RecordView): string {
  const key = record.fields[entity.key];
  return typeof key === "string" ? key : "";
}
