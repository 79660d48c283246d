import WarehouseBasics
import WarehouseTerminal

/// Where the prompt's texts come from.
protocol TypedSource: AnyObject {
    /// What stands after the next Enter: `pending` and what was typed behind it. Nil at the end.
    func next(prompt: String, continuation: String, pending: String) throws -> TypedEntry?
    /// Keeps a text for later.
    func remember(_ text: String)
    /// What was typed before, the oldest first.
    var entries: [String] { get }
}

/// What came of waiting for a person.
enum TypedEntry {
    case text(String)
    /// ^C.
    case cancelled
    case tooLong
}

/// That ^C was pressed, told from another thread.
final class Cancellation: Sendable {
    private let flag = Lock(false)
    var isAsked: Bool { flag.withLock { $0 } }
    func ask() { flag.withLock { $0 = true } }
    func forget() { flag.withLock { $0 = false } }
}

/// Lines as the system hands them on: for terminals that cannot do more, and for tests.
final class PlainSource: TypedSource {
    private let reader: LineReader
    private let output: TextOutput
    private(set) var entries: [String] = []
    /// What was typed before is dropped when the next line comes.
    private let cancellation: Cancellation

    init(_ reader: LineReader, output: TextOutput, cancellation: Cancellation = Cancellation()) {
        self.reader = reader
        self.output = output
        self.cancellation = cancellation
    }

    func next(prompt: String, continuation: String, pending: String) throws -> TypedEntry? {
        cancellation.forget()
        try output.write(pending.allSatisfy(\.isWhitespace) ? prompt : continuation)
        try output.flush()
        guard let line = try reader.next() else { return nil }
        guard case .bytes(let bytes) = line else { return .tooLong }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasSuffix("\r") { text.removeLast() }
        let isDropped = cancellation.isAsked
        return .text((isDropped ? "" : pending) + text + "\n")
    }

    func remember(_ text: String) { entries.append(text) }
}

/// Texts from the line editor, with a history on disk.
final class EditorSource: TypedSource {
    private let reader: TerminalReader
    private let language: SQLLanguage
    private let file: HistoryFile?
    private var history: History

    init(_ reader: TerminalReader, language: SQLLanguage, file: HistoryFile?) {
        self.reader = reader
        self.language = language
        self.file = file
        history = History(file?.load() ?? [], limit: HistoryFile.maximumEntries)
    }

    var entries: [String] { history.entries }

    func next(prompt: String, continuation: String, pending: String) throws -> TypedEntry? {
        let entry = try reader.read(prompt: prompt, continuation: continuation, initial: pending, language: language,
                                    history: history)
        switch entry {
        case .text(let text): return .text(text)
        case .cancelled: return .cancelled
        case .ended: return nil
        }
    }

    func remember(_ text: String) {
        // Kept in memory whatever it holds: a typing error in it is to be mended, too.
        if history.add(text) { file?.append(text) }
    }
}
