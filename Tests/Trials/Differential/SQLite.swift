#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a cell holds, whichever engine gave it.
public enum Cell: Equatable {
    case null
    case number(Double)
    case text(String)
}

/// An in-memory database of the SQLite that this machine happens to have, bound at run time.
public final class SQLite {
    public struct Failure: Error, CustomStringConvertible { public let description: String }

    private typealias Handle = OpaquePointer
    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<Handle?>) -> Int32
    private typealias Close = @convention(c) (Handle?) -> Int32
    private typealias Prepare = @convention(c) (Handle?, UnsafePointer<CChar>, Int32, UnsafeMutablePointer<Handle?>,
                                                UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Int32
    private typealias OfStatement = @convention(c) (Handle?) -> Int32
    private typealias OfColumn = @convention(c) (Handle?, Int32) -> Int32
    private typealias DoubleOfColumn = @convention(c) (Handle?, Int32) -> Double
    private typealias TextOfColumn = @convention(c) (Handle?, Int32) -> UnsafePointer<UInt8>?
    private typealias Message = @convention(c) (Handle?) -> UnsafePointer<CChar>?

    private let database: Handle?
    private let close: Close, prepare: Prepare, message: Message
    private let step: OfStatement, finalize: OfStatement, columnCount: OfStatement
    private let type: OfColumn, byteCount: OfColumn
    private let double: DoubleOfColumn, text: TextOfColumn

    /// nil where the machine has no SQLite of version 3.39 (FULL JOIN, IS DISTINCT FROM) or later.
    public init?() {
        let names = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else { return nil }
        func symbol<T>(_ name: String, _ type: T.Type) -> T? {
            dlsym(library, "sqlite3_" + name).map { unsafeBitCast($0, to: type) }
        }
        typealias Version = @convention(c) () -> Int32
        guard let version = symbol("libversion_number", Version.self), version() >= 3_039_000,
              let open = symbol("open", Open.self), let close = symbol("close", Close.self),
              let prepare = symbol("prepare_v2", Prepare.self), let message = symbol("errmsg", Message.self),
              let step = symbol("step", OfStatement.self), let finalize = symbol("finalize", OfStatement.self),
              let columnCount = symbol("column_count", OfStatement.self),
              let type = symbol("column_type", OfColumn.self), let byteCount = symbol("column_bytes", OfColumn.self),
              let double = symbol("column_double", DoubleOfColumn.self),
              let text = symbol("column_text", TextOfColumn.self) else { return nil }
        (self.close, self.prepare, self.message) = (close, prepare, message)
        (self.step, self.finalize, self.columnCount) = (step, finalize, columnCount)
        (self.type, self.byteCount, self.double, self.text) = (type, byteCount, double, text)
        var database: Handle?
        let code = open(":memory:", &database)
        self.database = database
        guard code == 0 else { return nil }
    }

    deinit { _ = close(database) }

    /// Runs one statement and gives its rows.
    @discardableResult
    public func execute(_ sql: String) throws -> [[Cell]] {
        var statement: Handle?
        guard prepare(database, sql, -1, &statement, nil) == 0 else { throw failure() }
        defer { _ = finalize(statement) }
        var rows: [[Cell]] = []
        let width = columnCount(statement)
        while true {
            switch step(statement) {
            case 100: rows.append((0..<width).map { cell(statement, $0) })
            case 101: return rows
            default: throw failure()
            }
        }
    }

    private func failure() -> Failure { Failure(description: message(database).map { String(cString: $0) } ?? "?") }

    private func cell(_ statement: Handle?, _ column: Int32) -> Cell {
        switch type(statement, column) {
        case 1, 2: return .number(double(statement, column))
        case 5: return .null
        default:
            guard let bytes = text(statement, column) else { return .text("") }
            let buffer = UnsafeBufferPointer(start: bytes, count: Int(byteCount(statement, column)))
            return .text(String(decoding: buffer, as: UTF8.self))
        }
    }
}
