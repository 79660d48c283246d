import MiniWarehouse
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// This program once more as a process of its own, which runs statements and says how much memory it held at most.
enum MeasuredChild {
    struct Result {
        /// Of the last statement, as text.
        var rows: [String]
        var peakBytes: Int
    }

    /// Runs `sql` in the warehouse at `path`; at most `limit` bytes for its rows.
    static func run(_ path: String, _ sql: String, limit: Int? = nil) throws -> Result {
        let lines = try ChildProcess(["measured", path, limit.map(String.init) ?? "", sql]).end()
        guard let peak = lines.last.flatMap({ Int($0) }) else {
            throw ChildProcess.Failure(description: "\(sql): the child did not say what memory it took: \(lines)")
        }
        return Result(rows: lines.dropLast(), peakBytes: peak)
    }

    /// What the child does.
    static func main(_ path: String, _ limit: String, _ sql: String) -> Never {
        do {
            var options = WarehouseOptions()
            options.threads = 2
            options.memoryLimit = Int(limit)
            let warehouse = try Warehouse.open(path, options: options)
            let rows = try warehouse.execute(sql).textRows()
            for row in rows { say(row.map { $0 ?? "NULL" }.joined(separator: "|")) }
            say("\(peakBytes())")
            exit(0)
        } catch {
            say("error " + "\(error)".replacing("\n", with: " "))
            exit(3)
        }
    }

    private static func peakBytes() -> Int {
        #if canImport(Glibc)
        // Not the resource usage: that begins with what the process held before it became this program.
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix("VmHWM:") { return (Int(text.filter(\.isNumber)) ?? 0) << 10 }
        }
        return 0
        #else
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
        #endif
    }
}
