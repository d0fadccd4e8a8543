import { Alert, Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { words } from "../words/common.ts";

/**
 * What stands where a page failed: its file did not come (the server is away, or another version runs now), or the
 * page has a defect. The rest of the window goes on.
 */
export class PageFailed extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };
  static getDerivedStateFromError() {
    return { hasFailed: true };
  }
  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Alert color="red" variant="light" role="alert" title={words.trouble.pageFailed}>
        <Button variant="default" onClick={() => location.reload()}>
          {words.trouble.loadAgain}
        </Button>
      </Alert>
    );
  }
}
