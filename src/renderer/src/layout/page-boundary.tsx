import { Component, type ReactNode } from 'react'
import { Button } from '../components/ui/button.tsx'
import { Problem } from '../components/ui/problem.tsx'

type PageBoundaryProps = { readonly title: string; readonly children: ReactNode }

/** Keeps a page that breaks from taking the window with it; the rail and the other pages still work. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <div className="flex flex-1 items-center justify-center p-8">
        <Problem
          className="w-full max-w-110"
          error={{
            message: `${this.props.title} could not be shown.`,
            hint: 'That is a fault in Clawkeep. Nothing was lost; the other pages still work.',
          }}
        >
          <Button size="sm" onClick={() => this.setState({ broken: false })}>
            Show it again
          </Button>
        </Problem>
      </div>
    )
  }
}
