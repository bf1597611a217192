import { Button } from "antd";
import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";
import { Blank } from "./Blank";

interface Props {
  children: ReactNode;
  /** A change of it (another screen) gives the part a new chance. */
  place: string;
}

interface State {
  fault: Error | null;
  place: string;
}

/** Keeps a fault of one part from taking the rest down. */
export class Boundary extends Component<Props, State> {
  override state: State = { fault: null, place: this.props.place };

  static getDerivedStateFromError(fault: Error): Partial<State> {
    return { fault };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { place: props.place, fault: null };
  }

  override render() {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    const details = `${fault.name}: ${fault.message}\n${fault.stack ?? ""}`;
    return (
      <Translation>
        {(t) => (
          <Blank title={t("fail.screen")} hint={t("fail.screenHint")}>
            <Button type="primary" autoFocus onClick={() => this.setState({ fault: null })}>
              {t("act.again")}
            </Button>
            <Button onClick={() => void navigator.clipboard.writeText(details)}>
              {t("act.copy")}
            </Button>
          </Blank>
        )}
      </Translation>
    );
  }
}
