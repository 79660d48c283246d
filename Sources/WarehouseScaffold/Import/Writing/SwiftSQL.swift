/// SQL as a literal of Swift whose interpolations name other relations.
struct SwiftSQL {
    /// `let` lines that stand before the literal, with their line ends.
    private(set) var declarations = ""
    private(set) var literal = ""
    /// Keys of relations that have no type.
    private(set) var missing: [String] = []
    private let types: [String: String]
    private var count = 0

    /// `types` are the names of Swift types by the relations' keys; `indent` is that of the closing quotes.
    init(_ pieces: [SQLPiece], types: [String: String], indent: String, declarationIndent: String) {
        self.types = types
        literal = text(pieces, indent: indent, declarationIndent: declarationIndent)
    }

    private mutating func text(_ pieces: [SQLPiece], indent: String, declarationIndent: String) -> String {
        let plain = pieces.map { if case .text(let text) = $0 { SwiftSQL.cleaned(text) } else { "" } }
        // As many # as keep quotes and backslashes of the text what they are.
        var hashes = "#"
        while plain.contains(where: { $0.contains("\"\"\"" + hashes) || $0.contains("\\" + hashes) }) { hashes += "#" }
        var body = ""
        for (piece, text) in zip(pieces, plain) {
            switch piece {
            case .text: body += text
            case .this: body += "\\\(hashes)(this: Self.self)"
            case .relation(let key):
                if let type = types[key] { body += "\\\(hashes)(\(type).self)" } else {
                    missing.append(key)
                    body += "MISSING"
                }
            case .whenIncremental(let inner, let otherwise):
                let inside = self.text(inner, indent: declarationIndent + "    ", declarationIndent: declarationIndent)
                let outside = otherwise.isEmpty
                    ? "\"\"" : self.text(otherwise, indent: declarationIndent + "    ", declarationIndent: declarationIndent)
                count += 1
                declarations += "\(declarationIndent)let part\(count): Fragment = q.isIncremental ? \(inside) : \(outside)\n"
                body += "\\\(hashes)(part\(count))"
            }
        }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.allSatisfy(\.isWhitespace) ? "" : indent + line
        }
        return "\(hashes)\"\"\"\n" + lines.joined(separator: "\n") + "\n\(indent)\"\"\"\(hashes)"
    }

    /// Without what no Swift file may hold.
    static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var isReturn = false
        for scalar in text.unicodeScalars {
            if isReturn, scalar != "\n" { scalars.append("\n") }
            isReturn = scalar == "\r"
            if isReturn { continue }
            scalars.append(scalar.value < 32 && scalar != "\n" && scalar != "\t" || scalar.value == 127 ? " " : scalar)
        }
        if isReturn { scalars.append("\n") }
        return String(scalars)
    }
}
