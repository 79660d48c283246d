#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import WarehouseBasics

/// Commands about what is typed, or ran last.
extension PromptCommands {
    func handle(_ command: MetaCommand, _ pending: String) throws -> Effect {
        let isTyped = !pending.allSatisfy(\.isWhitespace), text = isTyped ? pending : last
        switch command.name {
        case "\\r": return .typed("")
        case "\\s":
            let wanted = command.rest.lowercased()
            for entry in history() where wanted.isEmpty || entry.lowercased().contains(wanted) {
                try display.screen.write(entry.split(separator: "\n").joined(separator: "\n    ") + "\n")
            }
            return .done
        case "\\p": try display.screen.write(text.isEmpty ? "Nothing is typed.\n" : text + (text.hasSuffix("\n") ? "" : "\n"))
            return .done
        case "\\e": return .typed(try edited(text, command.arguments.first))
        default: break
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw WarehouseError(.usage, "\(command.name) needs a statement, and none is typed or has run.")
        }
        if isTyped { last = text }
        if command.name == "\\watch" { try watch(text, command.arguments.first) } else { try run(text, into: command.rest) }
        whenChanged()
        return .typed("")
    }

    private func run(_ text: String, into target: String) throws {
        guard !target.isEmpty else { return try runner.run(text, source: ScriptSource()) }
        try display.redirect(to: target)
        do {
            try runner.run(text, source: ScriptSource())
        } catch {
            try? display.redirect(to: nil)
            throw error
        }
        try display.redirect(to: nil)
    }

    /// Runs a text every so many seconds, until ^C.
    private func watch(_ text: String, _ argument: String?) throws {
        guard let seconds = Double(argument ?? "2"), seconds >= 0.1, seconds <= 86_400 else {
            throw WarehouseError(.usage, "\\watch takes seconds, from 0.1 to 86400.")
        }
        let pager = display.pager
        display.pager = nil
        defer { display.pager = pager }
        while true {
            runner.startAnew()
            do {
                try display.screen.write("every \(Stopwatch.describe(seconds)), \(PromptCommands.clock())\n")
                try runner.run(text, source: ScriptSource())
                try display.output.flush()
            } catch let error as ScriptError where error.error.code == ErrorKind.cancelled.code {
                // On a terminal the runner has ended the line.
                return runner.diagnostics.isTerminal ? () : try display.screen.write("\n")
            }
            guard runner.interrupts.rest(runner.session, seconds: seconds) else { return try display.screen.write("\n") }
        }
    }

    private static func clock() -> String {
        var now = time(nil), parts = tm()
        localtime_r(&now, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }

    // MARK: The editor

    /// A text as an editor leaves it, in a file of its own or the one that is named.
    private func edited(_ text: String, _ file: String?) throws -> String {
        let path = try file.map(FileNames.expanded) ?? PromptCommands.temporaryFile(text)
        defer { if file == nil { unlink(path) } }
        let editor = Environment.variable("VISUAL") ?? Environment.variable("EDITOR") ?? "vi"
        let code = try runner.interrupts.ignored {
            try ChildProcess(shell: "\(editor) \"$MLWH_EDITED\"", variables: ["MLWH_EDITED": path]).wait()
        }
        guard code == 0 else { throw WarehouseError(.inputOutput, "The editor '\(editor)' ended with exit code \(code).") }
        guard access(path, F_OK) == 0 else { return "" }
        return try TextFile.read(path).dropLast { $0.isWhitespace }.description
    }

    private static func temporaryFile(_ text: String) throws -> String {
        let folder = Environment.variable("TMPDIR") ?? "/tmp"
        var template = Array("\(folder)/mlwh-XXXXXX.sql".utf8CString)
        let file = mkstemps(&template, 4)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard file >= 0 else {
            throw WarehouseError(.inputOutput, "No file can be made in '\(folder)': \(String(cString: strerror(errno))).")
        }
        defer { close(file) }
        let output = TextOutput(descriptor: file)
        try output.write(text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n"))
        try output.flush()
        return path
    }
}

extension Interrupts {
    /// Waits; false when ^C ends it.
    func rest(_ session: Session, seconds: Double) -> Bool {
        cancelling(session) {
            let watch = Stopwatch()
            while watch.seconds < seconds {
                if wasAsked { return false }
                usleep(20_000)
            }
            return true
        }
    }
}
