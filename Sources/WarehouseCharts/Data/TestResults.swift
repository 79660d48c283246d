import WarehouseBasics
import WarehouseModels

/// Results of tests as a chart's rows.
struct TestResults {
    let history: [NodeRun]

    private var tests: [NodeRun] {
        history.filter { $0.node.hasPrefix("test.") || $0.node.hasPrefix("unit_test.") }
    }

    func data(of chart: Chart) -> ChartData { chart.kind == .table ? last : overTime }

    /// How many tests came out how in each run, at the time of its last test.
    private var overTime: ChartData {
        var order: [String] = []
        var ends: [String: Double] = [:]
        var counts: [String: [String: Int]] = [:]
        for run in tests {
            if counts[run.invocation] == nil { order.append(run.invocation) }
            ends[run.invocation] = TestResults.milliseconds(run.completedAt)
            counts[run.invocation, default: [:]][TestResults.word(run.status), default: 0] += 1
        }
        let used = ["passed", "warned", "failed"].filter { word in counts.values.contains { $0[word] != nil } }
        var rows: [[ChartValue]] = []
        for invocation in order {
            for word in used {
                rows.append([.time(ends[invocation] ?? 0), .number(Double(counts[invocation]?[word] ?? 0)), .text(word)])
            }
        }
        return ChartData(
            columns: [ChartData.Column("AT", title: "Run", .time), ChartData.Column("TESTS", .number),
                      ChartData.Column("RESULT", .text)],
            rows: rows)
    }

    private var last: ChartData {
        var found: [String: NodeRun] = [:]
        for run in tests { found[run.node] = run }
        let order = found.values.sorted { (TestResults.rank($0.status), $0.node) < (TestResults.rank($1.status), $1.node) }
        return ChartData(
            columns: [ChartData.Column("TEST", .text), ChartData.Column("RESULT", .text),
                      ChartData.Column("FAILURES", .number), ChartData.Column("AT", title: "Run", .time)],
            rows: order.map { run in
                [.text(TestResults.name(run.node)), .text(TestResults.word(run.status)),
                 run.failures.map { .number(Double($0)) } ?? .null, .time(TestResults.milliseconds(run.completedAt))]
            })
    }

    /// Of `test.shop.not_null_orders_id.1f2e3d4c5b` and of `unit_test.shop.orders.paid_only` the third part and the last.
    static func name(_ id: String) -> String {
        let parts = id.split(separator: ".").map(String.init)
        guard parts.count > 2 else { return id }
        return parts[0] == "test" ? parts[2] : parts[parts.count - 1]
    }

    private static func word(_ status: String) -> String {
        switch status {
        case "pass", "success": "passed"
        case "warn": "warned"
        case "skipped", "no-op": "skipped"
        default: "failed"
        }
    }

    private static func rank(_ status: String) -> Int {
        ["failed", "warned", "skipped"].firstIndex(of: word(status)) ?? 3
    }

    /// Of `2026-01-04T19:12:43.000000Z`; 0 of anything else.
    static func milliseconds(_ text: String) -> Double {
        let parts = text.split { !$0.isNumber }.prefix(6).compactMap { Int($0) }
        guard parts.count == 6, (1...12).contains(parts[1]), (1...31).contains(parts[2]), (0...9999).contains(parts[0]) else {
            return 0
        }
        let days = CivilDate(year: parts[0], month: parts[1], day: parts[2]).daysSinceEpoch
        let point = text.split(separator: ".", maxSplits: 1)
        let fraction = point.count > 1 ? Double("0." + point[1].prefix(while: \.isNumber)) ?? 0 : 0
        return Double(((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]) * 1000 + (fraction * 1000).rounded()
    }
}
