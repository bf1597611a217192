import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";
import { useAuthor } from "./author";
import type { Choices, Keep } from "./choices";
import { inFormOrder } from "./order";
import { useWords } from "./values";

/** Each field with both values and the one they had in common; a choice for each. */
export function Compared({
  item,
  entity,
  choices,
  onChoose,
}: {
  item: AttentionItem;
  entity: EntityView | undefined;
  choices: Choices;
  onChoose: (keep: Keep, path: string) => void;
}) {
  const { t } = useTranslation();
  const words = useWords(item, entity);
  const author = useAuthor(item);
  const paths = inFormOrder(item, entity);
  const say = (path: string, keep: Keep | "base") => {
    if (item.fields[path]?.untold?.includes(keep)) return t("attention.untold");
    const cell = item.fields[path]?.[keep] ?? null;
    return words.value(path, cell) || t("attention.empty_value");
  };
  return (
    <table className="compared">
      <thead>
        <tr>
          <th scope="col">{t("attention.field")}</th>
          <th scope="col">{t("attention.mine")}</th>
          <th scope="col">{t("attention.theirs")}</th>
          <th scope="col">{t("attention.base")}</th>
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <tr key={path} data-path={path}>
            <th scope="row">{words.label(path)}</th>
            {(["mine", "theirs"] as const).map((keep) => (
              <td key={keep} className={choices[path] === keep ? "choice chosen" : "choice"}>
                <label>
                  <input
                    type="radio"
                    name={`${item.id} ${path}`}
                    checked={choices[path] === keep}
                    aria-label={`${words.label(path)}, ${t(`attention.${keep}`)}: ${say(path, keep)}`}
                    onChange={() => onChoose(keep, path)}
                  />
                  <span>
                    {say(path, keep)}
                    {keep === "theirs" && author(path) !== "" && (
                      <span className="compared-by faint">{author(path)}</span>
                    )}
                  </span>
                </label>
              </td>
            ))}
            <td className="quiet compared-base">{say(path, "base")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
