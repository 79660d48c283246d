import WarehouseBasics

/// `COPY INTO table [(columns)] FROM source options`. FILES, PATTERN, FILE_FORMAT, VALIDATION_MODE and the copy
/// options are all in `options`, in the order written.
public struct CopyIntoTableStatement: Hashable, Sendable {
    public var table: ObjectReference
    public var columns: [Identifier]
    /// nil loads from the table's own stage.
    public var source: CopySource?
    public var options: [ObjectProperty]
    public init(
        table: ObjectReference, columns: [Identifier] = [], source: CopySource?, options: [ObjectProperty] = []
    ) {
        self.table = table
        self.columns = columns
        self.source = source
        self.options = options
    }
}

/// Where COPY INTO a table reads.
public enum CopySource: Hashable, Sendable {
    case location(StageLocation)
    /// `(SELECT … FROM @stage)`.
    case query(Query)
}

/// `COPY INTO location FROM table|(query) [PARTITION BY …] options`.
public struct CopyIntoLocationStatement: Hashable, Sendable {
    /// What is unloaded.
    public enum Source: Hashable, Sendable {
        case table(ObjectReference)
        case query(Query)
    }
    public var location: StageLocation
    public var source: Source
    public var partitionBy: Expression?
    public var options: [ObjectProperty]
    public init(
        location: StageLocation, source: Source, partitionBy: Expression? = nil, options: [ObjectProperty] = []
    ) {
        self.location = location
        self.source = source
        self.partitionBy = partitionBy
        self.options = options
    }
}

/// `PUT file://path location options`.
public struct PutStatement: Hashable, Sendable {
    /// As written, with `file://`; may hold `*` and `?`.
    public var file: String
    public var location: StageLocation
    public var options: [ObjectProperty]
    public init(file: String, location: StageLocation, options: [ObjectProperty] = []) {
        self.file = file
        self.location = location
        self.options = options
    }
}

/// `GET location file://directory options`.
public struct GetStatement: Hashable, Sendable {
    public var location: StageLocation
    /// As written, with `file://`.
    public var directory: String
    public var options: [ObjectProperty]
    public init(location: StageLocation, directory: String, options: [ObjectProperty] = []) {
        self.location = location
        self.directory = directory
        self.options = options
    }
}

/// `LIST location [PATTERN = '…']`, and REMOVE.
public struct StageListStatement: Hashable, Sendable {
    public var location: StageLocation
    public var options: [ObjectProperty]
    public init(location: StageLocation, options: [ObjectProperty] = []) {
        self.location = location
        self.options = options
    }
}
