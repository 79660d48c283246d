import MiniWarehouse

/// Whether the answers are the same on any number of threads, to the last bit of every double.
enum Answers {
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    static func run(database: String, queries: [SuiteQuery]) throws {
        var known: [String: [[String?]]] = [:]
        for threads in [1, 2, 3, 7] {
            var options = WarehouseOptions()
            options.isReadOnly = true
            options.threads = threads
            let warehouse = try Warehouse.open(database, options: options)
            for query in queries where query.isSelect {
                guard let text = query.texts.first else { continue }
                // Texts tell doubles apart to the last bit.
                let rows = try warehouse.query(text).textRows()
                if let first = known[query.name], first != rows {
                    throw Difference(description: "\(query.name) answers differently on \(threads) threads than on 1")
                }
                known[query.name] = rows
            }
        }
        print("The answers of \(known.count) queries are the same on 1, 2, 3 and 7 threads.")
    }
}
