import Synchronization
import WarehouseSQL

/// What was typed and not yet run. ^C empties it from another thread.
final class PromptInput: Sendable {
    private let text = Mutex("")

    var isEmpty: Bool { text.withLock { $0.allSatisfy(\.isWhitespace) } }

    /// Drops everything; whether there was something.
    func clear() -> Bool {
        text.withLock { text in
            defer { text = "" }
            return !text.allSatisfy(\.isWhitespace)
        }
    }

    /// Adds a line. When statements are complete with it, all that was typed is given and dropped.
    func add(_ line: String) -> String? {
        text.withLock { text in
            text += line + "\n"
            guard PromptInput.isReady(text) else { return nil }
            defer { text = "" }
            return text
        }
    }

    /// Whether to run a text now: all its statements are closed, or no further line can mend it.
    static func isReady(_ text: String) -> Bool {
        if StatementSplitter.isComplete(text) { return true }
        guard text.last(where: { !$0.isWhitespace }) == ";" else { return false }
        var parser = Parser(text)
        do {
            while try parser.nextStatement() != nil {}
            return false
        } catch {
            // A string or comment that is still open is a syntax error too; other faults of a token are final.
            return error.code != "001003"
        }
    }
}
