import WarehouseBasics

extension SecretMask {
    /// An error without texts that are known to be secret, such as values of variables: neither one as a whole, nor a part
    /// of one that the message quotes, in whatever case.
    public static func mask(_ error: WarehouseError, hiding secrets: [String]) -> WarehouseError {
        // Of a short text nobody can say that it is meant.
        let secrets = secrets.filter { $0.utf8.count >= 4 }
        guard !secrets.isEmpty else { return error }
        var masked = error
        masked.message = mask(error.message, hiding: secrets)
        masked.hint = error.hint.map { mask($0, hiding: secrets) }
        return masked
    }

    private static func mask(_ text: String, hiding secrets: [String]) -> String {
        let text = secrets.reduce(text) { $0.replacing($1, with: "***") }, folded = secrets.map { $0.lowercased() }
        let pieces = text.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count > 1 else { return text }
        return pieces.map { piece in
            let part = piece.lowercased().trimmingQuotes
            return part.utf8.count >= 4 && folded.contains { $0.contains(part) } ? "***" : piece
        }.joined(separator: "'")
    }
}

private extension String {
    /// Without the quotation marks of a name, and the dots of one that was cut.
    var trimmingQuotes: String { filter { $0 != "\"" && $0 != "…" } }
}
