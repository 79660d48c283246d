import MiniWarehouse

/// How much faster two threads are than one: queries of the suite, alternated with a control loop that uses no memory, in
/// an order that turns from round to round. Each turn runs twice, and the second run counts: the first wakes the cores that
/// the turn before left idle.
enum Scaling {
    static func run(database: String, queries: [SuiteQuery], repeats: Int) throws {
        var one = WarehouseOptions(), two = WarehouseOptions()
        one.isReadOnly = true
        one.threads = 1
        two.isReadOnly = true
        two.threads = 2
        let single = try Warehouse.open(database, options: one), double = try Warehouse.open(database, options: two)
        print("| query | 1 thread ms | 2 threads ms | gain | gain of the control loop | part of it |")
        print("|---|---:|---:|---:|---:|---:|")
        for query in queries where query.isSelect {
            guard let text = query.texts.first else { continue }
            var times: [[Double]] = [[], [], [], []]
            for round in 0...repeats {
                // Each in another place every round: what ran before leaves caches, clocks and the other core as it had them.
                for place in 0..<4 {
                    let which = (place * (round.isMultiple(of: 2) ? 1 : 3) + round) % 4
                    func run() throws -> Double {
                        switch which {
                        case 0: try seconds { _ = try single.query(text) }
                        case 1: ControlLoop.run(threads: 1)
                        case 2: try seconds { _ = try double.query(text) }
                        default: ControlLoop.run(threads: 2)
                        }
                    }
                    _ = try run()
                    let time = try run()
                    // The first round warms up.
                    if round > 0 { times[which].append(time) }
                }
            }
            let medians = times.map(median)
            let gain = medians[0] / medians[2], control = medians[1] / medians[3]
            print("| \(query.name) | \(milliseconds(medians[0])) | \(milliseconds(medians[2])) | \(fixed(gain)) | "
                + "\(fixed(control)) | \(fixed(gain / control)) |")
        }
    }

    static func milliseconds(_ seconds: Double) -> String { fixed(seconds * 1000, digits: seconds < 0.01 ? 1 : 0) }

    static func fixed(_ value: Double, digits: Int = 2) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = Int((value * scale).rounded())
        guard digits > 0 else { return "\(rounded)" }
        let fraction = String(rounded % Int(scale))
        return "\(rounded / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
