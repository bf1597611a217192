import { Button, Modal } from "antd";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { KeyLayer } from "../keys/Keyboard";

/**
 * A question with one answer in focus: Enter gives it, Esc closes. Where the answer loses what was
 * typed, the refusal is in focus, and Tab leads to the answer.
 */
export function Ask({
  title,
  children,
  answer,
  refuse,
  danger = false,
  losesWork = false,
  busy = false,
  onAnswer,
  onClose,
}: {
  title: string;
  children?: ReactNode;
  answer: string;
  refuse?: string;
  danger?: boolean;
  losesWork?: boolean;
  busy?: boolean;
  onAnswer: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const first = useRef<HTMLButtonElement>(null);
  // At once: the next key answers.
  useEffect(() => first.current?.focus(), []);
  return (
    <Modal
      open
      centered
      width={440}
      title={title}
      closable={false}
      onCancel={onClose}
      footer={
        <>
          <Button
            type={losesWork ? "primary" : "default"}
            ref={losesWork ? first : undefined}
            onClick={onClose}
          >
            {refuse ?? t("act.cancel")}
          </Button>
          <Button
            type={losesWork ? "default" : "primary"}
            danger={danger || losesWork}
            loading={busy}
            ref={losesWork ? undefined : first}
            onClick={onAnswer}
          >
            {answer}
          </Button>
        </>
      }
    >
      <KeyLayer>{children}</KeyLayer>
    </Modal>
  );
}
