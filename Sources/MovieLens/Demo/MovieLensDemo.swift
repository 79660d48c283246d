import MiniWarehouse
import WarehouseBasics
import WarehouseModels
import WarehouseSQL

/// Where the demo writes to.
public struct DemoOutput: Sendable {
    /// One line, without its end.
    public var line: @Sendable (String) -> Void
    /// A result as text of several lines.
    public var table: @Sendable (ResultSet) -> String
    /// How far a load is; nil when it has ended.
    public var progress: @Sendable (StatementProgress?) -> Void

    public init(line: @escaping @Sendable (String) -> Void, table: @escaping @Sendable (ResultSet) -> String,
                progress: @escaping @Sendable (StatementProgress?) -> Void = { _ in }) {
        self.line = line
        self.table = table
        self.progress = progress
    }
}

/// The whole pipeline on one set of files: set-up, PUT, COPY, seed, models, tests, snapshot, an edit, an incremental
/// run, the second snapshot, and what came out.
public struct MovieLensDemo {
    public struct Options: Sendable {
        /// A folder of MovieLens files; nil: generated ones, 100,000 ratings.
        public var dataDirectory: String?
        public var databasePath: String
        /// Whether a warehouse at that path may be replaced.
        public var overwrites: Bool
        public var threads: Int?

        public init(dataDirectory: String? = nil, databasePath: String = "./demo.mlwh", overwrites: Bool = false,
                    threads: Int? = nil) {
            self.dataDirectory = dataDirectory
            self.databasePath = databasePath
            self.overwrites = overwrites
            self.threads = threads
        }
    }

    private let options: Options
    private let output: DemoOutput

    public init(options: Options, output: DemoOutput) {
        self.options = options
        self.output = output
    }

    /// Runs everything. Throws at the first step that fails; a failed data test is an error of kind `testFailed`.
    public func run() throws {
        // Before anything is removed.
        let given = try options.dataDirectory.map { try DemoData(directory: $0) }
        if DemoFolder.exists(options.databasePath) {
            guard options.overwrites else {
                throw WarehouseError(.alreadyExists, "\(options.databasePath) exists already.",
                                     hint: "Give another directory by -d, or --overwrite to replace it.")
            }
            try DemoFolder.removeWarehouse(options.databasePath)
        }
        if let given { return try run(given) }
        let folder = try DemoFolder.makeTemporary()
        defer { try? DemoFolder.remove(folder) }
        try MovieLensGenerator().write(to: folder)
        try run(DemoData(directory: folder))
    }

    private func run(_ data: DemoData) throws {
        let clock = DemoClock()
        var warehouseOptions = WarehouseOptions()
        warehouseOptions.clock = clock
        warehouseOptions.threads = options.threads
        let warehouse = try Warehouse.open(options.databasePath, options: warehouseOptions)
        let run = DemoRun(session: warehouse.session, clock: clock, output: output, path: options.databasePath)
        try run.perform(data)
    }
}
