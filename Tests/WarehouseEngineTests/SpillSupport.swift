#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Runs plans with little memory and compares with a run that has all it wants.
enum Spilling {
    struct Outcome {
        var rows: [[ScalarValue]]
        var spilledBytes: Int
    }

    static let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

    static func run(_ plan: LogicalPlan, limit: Int, threads: Int, tempLimit: Int? = nil) throws -> Outcome {
        let scratch = try ScratchDirectory()
        let store = SpillStore(directory: scratch.path, limitBytes: tempLimit)
        let memory = MemoryAccount(limitBytes: limit)
        var rows: [[ScalarValue]] = []
        do {
            let context = QueryContext(session: Runner.session, threads: threads, memory: memory, spill: store)
            try QueryRunner.stream(plan, context: context) { batch in
                rows += batch.scalarRows()
                return true
            }
        }
        #expect(memory.usedBytes == 0)
        #expect(store.usedBytes == 0)
        #expect(ScratchDirectory.names(scratch.path).isEmpty)
        return Outcome(rows: rows, spilledBytes: store.writtenBytes)
    }

    /// The same rows with and without a limit, in the same order unless `sorted`; something must have gone to disk.
    static func check(_ plan: LogicalPlan, limit: Int, sorted: Bool = false, isolation: SourceLocation = #_sourceLocation)
        throws {
        var wanted = try Runner.rows(plan, threads: 2)
        if sorted { wanted = ordered(wanted) }
        for threads in [1, 2] {
            var outcome = try run(plan, limit: limit, threads: threads)
            if sorted { outcome.rows = ordered(outcome.rows) }
            #expect(outcome.spilledBytes > 0, sourceLocation: isolation)
            let isSame = outcome.rows.count == wanted.count
                && zip(outcome.rows, wanted).allSatisfy { Scalars.same($0, $1) }
            #expect(isSame, "\(outcome.rows.count) rows, wanted \(wanted.count)", sourceLocation: isolation)
        }
    }

    static func ordered(_ rows: [[ScalarValue]]) -> [[ScalarValue]] {
        rows.map { row in (row.map(text).joined(separator: "\u{1}"), row) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// A text by which rows are put in some order: the same for NaNs, and for zeros of both signs.
    private static func text(_ value: ScalarValue) -> String {
        switch value {
        case .null: "-"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): value.isNaN ? "nan" : "\(value + 0)"
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }
}
