import { Button, Modal } from "antd";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { KeyLayer } from "../keys/Keyboard";

/** A question with one answer in focus: Enter gives it, Esc closes. */
export function Ask({
  title,
  children,
  answer,
  refuse,
  danger = false,
  busy = false,
  onAnswer,
  onClose,
}: {
  title: string;
  children?: ReactNode;
  answer: string;
  refuse?: string;
  danger?: boolean;
  busy?: boolean;
  onAnswer: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <Modal
      open
      centered
      width={440}
      title={title}
      closable={false}
      onCancel={onClose}
      afterOpenChange={(open) => open && button.current?.focus()}
      footer={
        <>
          <Button onClick={onClose}>{refuse ?? t("act.cancel")}</Button>
          <Button type="primary" danger={danger} loading={busy} ref={button} onClick={onAnswer}>
            {answer}
          </Button>
        </>
      }
    >
      <KeyLayer>{children}</KeyLayer>
    </Modal>
  );
}
