import Foundation
import MiniWarehouse

let usage = """
    bench scaling DATABASE QUERIES.json [REPEATS]   what a second thread gains, beside a control loop
    bench answers DATABASE QUERIES.json             whether answers depend on the number of threads
    bench linear DATABASE ROWS[,ROWS…] [REPEATS]    what a row costs as tables grow

    QUERIES.json: what `python3 queries.py` prints. The results are Markdown tables.
    """

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("scaling", 3...):
        try Scaling.run(database: arguments[1], queries: try SuiteQuery.read(arguments[2]),
                        repeats: arguments.count > 3 ? Int(arguments[3]) ?? 15 : 15)
    case ("answers", 3):
        try Answers.run(database: arguments[1], queries: try SuiteQuery.read(arguments[2]))
    case ("linear", 3...):
        try Linear.run(database: arguments[1], sizes: arguments[2].split(separator: ",").compactMap { Int($0) },
                       repeats: arguments.count > 3 ? Int(arguments[3]) ?? 5 : 5)
    default:
        print(usage)
        exit(2)
    }
} catch {
    print("error: \(error)")
    exit(1)
}
