import WarehouseBasics

/// A name that a package, its module, its executable and its database can all have.
public struct PackageName: Sendable, Hashable {
    /// As the user wrote it: `my-shop`.
    public let text: String

    /// What imports call it: `my_shop`.
    public var module: String { String(text.map { $0 == "-" ? "_" : $0 }) }
    /// What SQL calls its database: `MY_SHOP`.
    public var database: String { Identifiers.folded(module) }

    static let maximumLength = 64

    /// Throws `usage` for what is no letter followed by letters, digits, `-` and `_`, and for names that a module or a
    /// database cannot have.
    public init(_ text: String) throws(WarehouseError) {
        let isWord = text.utf8.first.map(PackageName.isLetter) == true && text.utf8.allSatisfy {
            PackageName.isLetter($0) || ($0 >= 48 && $0 <= 57) || $0 == 45 || $0 == 95
        }
        guard isWord, text.utf8.count <= PackageName.maximumLength else {
            throw WarehouseError(
                .usage, "'\(VisibleName.shown(text))' cannot be a package's name. It takes a letter, then letters, digits, "
                    + "- and _, \(PackageName.maximumLength) at most.")
        }
        self.text = text
        let folded = Identifiers.folded(module)
        if SwiftWords.isReserved(module) || SwiftWords.modules.contains(folded) || SwiftWords.statements.contains(folded) {
            throw WarehouseError(
                .usage, "'\(text)' cannot be a package's name: Swift or SQL means something else by it.")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }
}

/// A text of a user's in a message: cut, and without what a terminal would act on.
enum VisibleName {
    static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(80).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
    }

    /// A text of several lines as one.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }.joined(separator: " ")
    }
}
