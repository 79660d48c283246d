#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Reads texts of one or several lines from a terminal, with an editor.
public final class TerminalReader {
    /// How a text ended.
    public enum Entry: Equatable, Sendable {
        case text(String)
        /// ^C: what was typed is dropped.
        case cancelled
        /// ^D, or the terminal is gone.
        case ended
    }

    /// Longer than a terminal takes between the bytes of one key.
    private static let escapeMilliseconds: Int32 = 50
    private static let pasteOn = "\u{1B}[?2004h", pasteOff = "\u{1B}[?2004l"

    private let terminal: RawTerminal
    private let isColoured: Bool
    private var decoder = KeyDecoder()
    private var painter = ScreenPainter()
    private var size = (columns: 80, rows: 24)

    /// Reads keys from `input` and draws on `output`, which are terminals.
    public init(input: CInt = STDIN_FILENO, output: CInt = STDOUT_FILENO, isColoured: Bool) throws {
        terminal = try RawTerminal(input: input, output: output)
        self.isColoured = isColoured
    }

    /// Whether an editor can draw on these: both are terminals, and TERM does not say that this one cannot.
    public static func isUsable(input: CInt = STDIN_FILENO, output: CInt = STDOUT_FILENO) -> Bool {
        guard isatty(input) == 1, isatty(output) == 1 else { return false }
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        return name != "" && name != "dumb"
    }

    /// Drops what is typed, as ^C does. May be called from any thread.
    public var interrupt: @Sendable () -> Void {
        { [weak terminal] in terminal?.wake(.interrupted) }
    }

    /// Reads until Enter behind a text that `language` calls complete. `initial` is there already.
    public func read(prompt: String, continuation: String, initial: String = "", language: any EditedLanguage,
                     history: History) throws -> Entry {
        try terminal.makeRaw()
        terminal.send(TerminalReader.pasteOn)
        defer {
            terminal.send(TerminalReader.pasteOff)
            terminal.restore()
        }
        size = terminal.size
        var editor = Editor(initial, language: language, history: history)
        painter = ScreenPainter()
        func draw(showsFoot: Bool = true) {
            let layout = EditorLayout(columns: size.columns, prompt: prompt, continuation: continuation,
                                      isColoured: isColoured)
            terminal.send(painter.paint(layout.frame(editor, showsFoot: showsFoot), height: size.rows))
        }
        /// What stays on the screen: all of the text, the cursor below it.
        func leave() {
            editor.finish()
            draw(showsFoot: false)
            terminal.send(painter.leave())
        }
        while true {
            while let key = decoder.next() {
                if let entry = try obey(editor.handle(key), leave) { return entry }
            }
            draw()
            switch terminal.read(within: decoder.isWaiting ? TerminalReader.escapeMilliseconds : nil) {
            case .bytes(let bytes): decoder.feed(bytes)
            case .silence:
                if let key = decoder.flush(), let entry = try obey(editor.handle(key), leave) { return entry }
            case .woken(.resized):
                size = terminal.size
                terminal.send(painter.eraseReflowed(columns: size.columns))
            case .woken(.interrupted):
                leave()
                return .cancelled
            case .closed:
                leave()
                return .ended
            }
        }
    }

    private func obey(_ outcome: Editor.Outcome, _ leave: () -> Void) throws -> Entry? {
        switch outcome {
        case .editing: break
        case .refused: terminal.send("\u{07}")
        case .submitted(let text):
            leave()
            return .text(text)
        case .cancelled:
            leave()
            return .cancelled
        case .ended:
            leave()
            return .ended
        case .cleared:
            terminal.send("\u{1B}[H\u{1B}[2J")
            painter = ScreenPainter()
        case .suspended:
            terminal.send(painter.erase() + TerminalReader.pasteOff)
            try terminal.suspend()
            terminal.send(TerminalReader.pasteOn)
            size = terminal.size
        }
        return nil
    }
}

extension Editor {
    /// Ends searches and choices, and goes to the end.
    mutating func finish() {
        search = nil
        choice = nil
        buffer.move(to: buffer.characters.count)
    }
}
