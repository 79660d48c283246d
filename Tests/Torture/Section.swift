import Trials
import WarehouseStorage

/// One kind of torture.
enum Section: String, CaseIterable {
    case parser, doubles, readers, codecs, differential, changes, history, concurrency, tpch, crash, damage, files, kill, builds, memory

    var summary: String {
        switch self {
        case .parser: "mutated statements and deep nesting: a tree or an error, and what parses survives printing"
        case .doubles: "texts of random doubles against the C library"
        case .readers: "random CSV, JSON and gzip files against plain readers and zlib"
        case .codecs: "columns that are hard on codecs, written and read back bit by bit"
        case .differential: "random queries over random tables against SQLite"
        case .changes: "random INSERT, UPDATE and DELETE against SQLite"
        case .history: "random changes, clones, drops and rollbacks against a model; every version by AT"
        case .concurrency: "a writer and parallel readers on one directory: every version is whole"
        case .tpch: "the 22 queries of TPC-H at scale factor 0.1"
        case .crash: "commits on a simulated disk that is cut, torn, reordered and failed at every step"
        case .damage: "bit flips and truncations over every file of a store"
        case .files: "bit flips and truncations over every file of a warehouse directory"
        case .kill: "SIGKILL of a committing child process"
        case .builds: "SIGKILL of a child process that builds models"
        case .memory: "processes with 2 MB for the rows of a query, against processes with much"
        }
    }

    /// Runs the section and adds what it finds.
    func run(_ settings: Settings) throws -> TrialReport {
        let first = settings.seed, lanes = settings.lanes
        switch self {
        case .parser:
            var report = ParserTrial.depth()
            report += try ParserTrial.run(first: first, count: settings.count(20_000, long: 1_000_000), lanes: lanes)
            return report
        case .doubles: return DoubleTrial.run(first: first, count: settings.count(1_000_000, long: 50_000_000), lanes: lanes)
        case .readers:
            let count = settings.count(20_000, long: 500_000)
            var report = CSVTrial.run(first: first, count: count, lanes: lanes)
            report += DialectTrial.run(first: first, count: count, lanes: lanes)
            report += JSONTrial.run(first: first, count: count, lanes: lanes)
            report += InflateTrial.run(first: first, count: count, lanes: lanes)
            report += MemberTrial.run(first: first, count: count / 10, lanes: lanes)
            return report
        case .differential:
            return try DifferentialTrial.queries(first: first, count: settings.count(1000, long: 20_000))
        case .changes: return try DifferentialTrial.changes(first: first, count: settings.count(200, long: 2000))
        case .codecs: return CodecTrial.run(first: first, count: settings.count(1500, long: 50_000), lanes: lanes)
        case .history: return HistoryTrial.run(first: first, count: settings.count(150, long: 3000), lanes: lanes)
        case .concurrency: return try ConcurrencyTrial.run(first: first, count: settings.count(300, long: 5000))
        case .tpch: return try TPCHSection.run()
        case .crash: return try crash(settings)
        case .damage: return try damage(settings)
        case .files: return try FilesSection.run(first: first, count: settings.count(1200, long: 20_000))
        case .kill: return try KillSection.run(first: first, count: settings.count(200, long: 2000))
        case .builds: return try BuildsSection.run(first: first, count: settings.count(60, long: 600))
        case .memory: return try MemorySection.run()
        }
    }

    /// Every step of the script in `findings` ways, at least so many cases in all.
    private func crash(_ settings: Settings) throws -> TrialReport {
        var probe = TrialReport()
        let steps = try CrashTrial.undisturbed(&probe).stepCount
        let findings = max(2, (settings.count(10_500, long: 200_000) + 2 * steps - 1) / (2 * steps))
        var report = try CrashTrial.crashes(first: settings.seed, findings: findings, lanes: settings.lanes)
        for fault in [SimulatedDisk.Fault.inputOutputOnce, .diskFull] {
            report += try CrashTrial.failures(
                fault, first: settings.seed, findings: findings / 2, lanes: settings.lanes)
        }
        return report
    }

    private func damage(_ settings: Settings) throws -> TrialReport {
        let (disk, rows) = try DamageTrial.make()
        let victims = disk.filePaths.compactMap { path -> DamageTrial.Victim? in
            guard let bytes = disk.bytes(of: path), !bytes.isEmpty else { return nil }
            return (path, bytes, path.hasPrefix("segments/"))
        }
        let count = settings.count(4000, long: 100_000)
        var report = DamageTrial.bits(disk, rows, victims, first: settings.seed, count: count)
        report += DamageTrial.lengths(disk, rows, victims, first: settings.seed, count: count / 4)
        return report
    }
}
