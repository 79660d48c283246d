import WarehouseBasics
import WarehouseSQL

/// Errors of binding in Snowflake's words: `SQL compilation error: error line 1 at position 7` and what is wrong.
/// Lines count from 1, positions from 0.
enum CompilationError {
    static func make(_ kind: ErrorKind, _ text: String, at span: SourceSpan?, hint: String? = nil) -> WarehouseError {
        WarehouseError(kind, prefix(span) + text, hint: hint, span: span)
    }

    static func unsupported(_ feature: String, at span: SourceSpan? = nil) -> WarehouseError {
        WarehouseError(.unsupported, "SQL compilation error:\nUnsupported feature '\(feature)'.", span: span)
    }

    /// An error from where places are unknown, placed at `span`.
    static func placed(_ error: WarehouseError, at span: SourceSpan) -> WarehouseError {
        guard error.span == nil, span != .none, !requests.contains(error.code) else { return error }
        var placed = error.at(span)
        if !error.message.hasPrefix("SQL compilation error"), error.code != ErrorKind.internalFault.code {
            placed.message = prefix(span) + error.message
        }
        return placed
    }

    /// Codes of requests to stop, which are nothing wrong with the text.
    private static let requests = [ErrorKind.cancelled.code, ErrorKind.statementTimeout.code]

    private static func prefix(_ span: SourceSpan?) -> String {
        guard let span, span != .none else { return "SQL compilation error:\n" }
        return "SQL compilation error: error line \(span.line) at position \(span.column - 1)\n"
    }

    /// `work`, with errors of no place put at `span`.
    static func at<Value>(_ span: SourceSpan, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as WarehouseError {
            throw placed(error, at: span)
        }
    }
}
