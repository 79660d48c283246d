#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseColumns
import WarehouseSQL

/// The options that say which warehouse a command works on, and how it opens it. Every subcommand has them.
public struct WarehouseArguments: ParsableArguments {
    @Option(name: [.customShort("d"), .customLong("database")],
            help: ArgumentHelp("The warehouse's directory. (default: $MLWH_DATABASE, else ./warehouse.mlwh)",
                               valueName: "dir"), completion: .directory)
    public var database: String?

    @Option(help: ArgumentHelp("Database, and schema, in which names resolve.", valueName: "db[.schema]"))
    public var use: String?

    @Option(help: ArgumentHelp("The user as whom the warehouse is opened. (default: its owner)", valueName: "name"))
    public var user: String?

    @Option(help: ArgumentHelp("The role in which it is opened; it must be granted to the user. "
        + "(default: the user's default role; the owner's ACCOUNTADMIN)", valueName: "name"))
    public var role: String?

    @Flag(help: "Refuse every write.")
    public var readonly = false

    @Option(help: ArgumentHelp("How long a write waits for another process's.", valueName: "seconds"))
    public var busyTimeout = 5.0

    @Option(help: ArgumentHelp("Worker threads of a query. (default: all cores)", valueName: "count"))
    public var threads: Int?

    @Option(help: ArgumentHelp("Memory that a statement may hold; rows beyond it go to disk. (default: four fifths of "
                               + "the machine's)", valueName: "size"))
    public var memoryLimit: String?

    @Option(help: ArgumentHelp("Where rows beyond the memory limit go. (default: tmp in the warehouse)", valueName: "dir"),
            completion: .directory)
    public var tempDirectory: String?

    @Option(help: ArgumentHelp("Disk that a statement's temporary files may take. (default: all there is)",
                               valueName: "size"))
    public var maxTempDirectorySize: String?

    /// All defaults.
    public init() {}

    /// Refuses what no warehouse can be opened with; the names of `--use` are looked up only by `openSession`.
    public mutating func validate() throws {
        if let database, database.isEmpty { throw ValidationError("--database needs the name of a directory.") }
        guard busyTimeout >= 0, busyTimeout.isFinite else {
            throw ValidationError("--busy-timeout takes seconds, 0 or more.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a number from 1 to 1024.")
        }
        if let memoryLimit, (ByteSize.parse(memoryLimit) ?? 0) < ByteSize.leastMemory {
            throw ValidationError("--memory-limit takes a size of at least 1MB, such as 512MB or 4GB.")
        }
        if let maxTempDirectorySize, ByteSize.parse(maxTempDirectorySize) == nil {
            throw ValidationError("--max-temp-directory-size takes a size such as 512MB or 4GB.")
        }
        if use != nil { _ = try place() }
    }

    /// Below it what the allocator keeps of freed blocks matters.
    private static let littleMemory = 64 << 20

    /// The warehouse's directory: `--database`, else MLWH_DATABASE, else `./warehouse.mlwh`.
    public var path: String {
        if let database { return database }
        if let variable = getenv("MLWH_DATABASE"), variable.pointee != 0 { return String(cString: variable) }
        return "./warehouse.mlwh"
    }

    /// Opens the warehouse, making it when it is missing, unless `createIfMissing` is false or `--readonly` is given.
    /// Throws what `Warehouse.open` throws.
    public func open(clock: any WarehouseClock = SystemClock(), createIfMissing: Bool = true) throws -> Warehouse {
        var options = WarehouseOptions()
        options.clock = clock
        options.createIfMissing = createIfMissing
        options.isReadOnly = readonly
        options.busyTimeout = busyTimeout
        options.threads = threads
        options.memoryLimit = memoryLimit.flatMap(ByteSize.parse)
        if let limit = options.memoryLimit, limit < WarehouseArguments.littleMemory { PageMemory.returnFreedBlocks() }
        options.temporaryDirectory = tempDirectory
        options.maxTempDirectorySize = maxTempDirectorySize.flatMap(ByteSize.parse)
        options.objectStores = CommandLineTool.current.withLock { $0?.objectStores ?? [] }
        return try Warehouse.open(path, user: user, role: role, options: options)
    }

    /// Opens the warehouse, and in it a session that stands where `--use` says.
    public func openSession(clock: any WarehouseClock = SystemClock(), createIfMissing: Bool = true) throws -> Session {
        try makeSession(in: open(clock: clock, createIfMissing: createIfMissing))
    }

    /// A session of its own in an open warehouse, standing where `--use` says.
    public func makeSession(in warehouse: Warehouse) throws -> Session {
        let session = warehouse.makeSession()
        if let place = try place() {
            try StageLocationArgument.withoutPlaces { try session.use(database: place.database, schema: place.schema) }
        }
        return session
    }

    private func place() throws -> (database: String, schema: String?)? {
        guard let use else { return nil }
        let wrong = ValidationError("--use takes DATABASE or DATABASE.SCHEMA, not '\(use)'.")
        guard let parts = try? Parser.parseObjectName(use), (1...2).contains(parts.count),
              parts.allSatisfy({ !$0.name.isEmpty }) else { throw wrong }
        return (parts[0].name, parts.count == 2 ? parts[1].name : nil)
    }
}
