import WarehouseBasics
import WarehouseSQL

/// What `\?` and `\h` print.
enum PromptHelp {
    /// All commands, or one.
    static func text(_ name: String?) -> String {
        if let name {
            let full = name.hasPrefix("\\") ? name : "\\" + name
            return MetaCommand.description(of: full).map(line) ?? "There is no command '\(VisibleText.escaped(full))'.\n"
        }
        var text = "Statements end with ; and may take several lines. ^C drops what was typed, or\nstops what runs.\n"
        for group in MetaCommand.groups {
            text += "\n\(group.title)\n" + group.commands.map(line).joined()
        }
        return text + """

            Keys: Tab completes, ^R searches what was typed before, Up and Down go through
            it, Alt-Enter begins a new line, ^A ^E ^K ^U ^W ^Y ^T ^_ edit as in Emacs, ^L
            clears the screen. A statement that begins with a space, or may hold a secret,
            is not kept on disk.

            """
    }

    private static func line(_ command: MetaCommand.Description) -> String {
        "  \(command.usage)\(String(repeating: " ", count: max(1, 28 - command.usage.count)))\(command.about)\n"
    }

    /// Statements; or the syntax of those that are meant, and functions whose names begin so.
    static func words(_ begun: String, functions: [String]) -> String {
        guard !begun.isEmpty else {
            return "Statements begin with\n" + columns(SQLWords.statements)
                + "\\h STATEMENT (\\h create table) tells its syntax; \\h NAME lists functions whose names\n"
                + "begin so, docs/functions.md tells of all.\n"
        }
        let statements = StatementSyntax.meant(by: begun)
        var text = ""
        if statements.count == 1 {
            text = statements[0].lines + "\n"
        } else if !statements.isEmpty {
            text = "Statements that begin so; \\h tells the syntax of one\n" + columns(statements.map(\.name))
        }
        let found = functions.filter { $0.hasPrefix(Identifiers.folded(begun)) }
        if !found.isEmpty { text += (text.isEmpty ? "" : "Functions\n") + columns(found) }
        return text.isEmpty ? "No statement and no function begins with '\(VisibleText.escaped(begun))'.\n" : text
    }

    private static func columns(_ words: [String]) -> String {
        let width = (words.map(\.count).max() ?? 0) + 2, across = max(1, 78 / width)
        var text = ""
        for (index, word) in words.enumerated() {
            if index % across == 0 { text += "  " }
            let isLast = index % across == across - 1 || index == words.count - 1
            text += isLast ? word + "\n" : word + String(repeating: " ", count: width - word.count)
        }
        return text
    }
}
