import { at } from "@daybook/shared/data/queries";
import type { AmongCopies, Status } from "@daybook/shared/generated/contract";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { WarningFilled } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import "./copies.css";

/** Which of the two it is that a person has to decide, if they have to. */
export function copiesOf(status: Status): "two_copies" | "is_copy" | null {
  const code = status.refused_code;
  return code === "two_copies" || code === "is_copy" ? code : null;
}

/** Two copies of this Daybook are in use, or this is one: what happened, what is safe, and the ways on. */
export function Copies({ state, status }: { state: "two_copies" | "is_copy"; status: Status }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const decide = useMutation({
    mutationFn: (said: AmongCopies) =>
      call("sign_in", {
        server: status.signed_in?.server ?? "",
        tenant: status.tenant ?? "",
        email: status.user ?? "",
        password,
        among_copies: said,
      }),
    onSuccess: (signedIn) => {
      queries.setQueryData(at.status, signedIn.status);
      void queries.invalidateQueries();
    },
  });
  const first: AmongCopies = state === "two_copies" ? "original" : "copy";
  const choose = (said: AmongCopies) => {
    setMissing(password === "");
    if (password === "") document.getElementById("copies-password")?.focus();
    else if (!decide.isPending) decide.mutate(said);
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    choose(first);
  };
  return (
    <section className="failure copies" aria-labelledby="copies-title">
      <WarningFilled aria-hidden className="failure-sign" />
      <form className="failure-words" onSubmit={submit} noValidate>
        <div role="alert">
          <h2 id="copies-title">{t(`copies.${state}.title`)}</h2>
          <p>{t(`copies.${state}.what`)}</p>
          <p>{t(`copies.${state}.safe`)}</p>
        </div>
        <p>{t(`copies.${state}.do`)}</p>
        <label htmlFor="copies-password">{t("signIn.password")}</label>
        <Input.Password
          id="copies-password"
          value={password}
          status={missing ? "error" : ""}
          aria-invalid={missing}
          aria-describedby="copies-password-note"
          autoComplete="current-password"
          onChange={(event) => setPassword(event.target.value)}
        />
        <p id="copies-password-note" className="copies-note">
          {missing && t("signIn.required")}
        </p>
        {decide.error && <FailureNote failure={failureOf(decide.error)} />}
        <div className="copies-ways">
          {state === "two_copies" && (
            <Button
              type="primary"
              htmlType="submit"
              loading={decide.isPending && decide.variables === "original"}
            >
              {t("copies.original")}
            </Button>
          )}
          <Button
            type={state === "is_copy" ? "primary" : "default"}
            htmlType={state === "is_copy" ? "submit" : "button"}
            loading={decide.isPending && decide.variables === "copy"}
            onClick={state === "two_copies" ? () => choose("copy") : undefined}
          >
            {t("copies.copy")}
          </Button>
        </div>
      </form>
    </section>
  );
}
