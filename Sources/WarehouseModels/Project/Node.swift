import WarehouseBasics
import WarehouseSQL

/// What a node of a project is.
public enum ResourceKind: String, Sendable, CaseIterable {
    case model, snapshot, analysis, test, seed, source
    case unitTest = "unit_test"
    case exposure
    /// Statements before or after all that runs, which no selection names.
    case operation

    /// A data test or a unit test.
    public var isTest: Bool { self == .test || self == .unitTest }
}

/// One thing of a project in the graph of who reads whom: a relation, a test, an analysis.
public struct Node: Sendable, Identifiable {
    /// `model.movielens.dim_movies`.
    public let id: String
    /// What it is.
    public let kind: ResourceKind
    /// What it is selected and printed by.
    public let name: String
    /// For people.
    public let about: String
    /// Words to select it by.
    public let tags: [String]
    /// The Swift type that declares it, with its module: `MovieLens.DimMovies`.
    public let declaration: String
    /// Where it lies at the target; nil for tests, analyses and ephemeral models.
    public let relation: ObjectName?
    /// Its schema as configured; what the console prints before its name.
    public let schema: String
    /// `view`, `table`, `incremental`, `ephemeral`, `seed`, `snapshot`, `test`; nil for sources.
    public let materialization: String?
    /// Name, type and meaning of each column, in order.
    public let columns: [NodeColumn]
    /// Ids of the nodes it reads.
    public internal(set) var dependencies: [String]
    /// What it runs.
    let content: NodeContent
    /// What is said of it beside its query.
    var configuration = NodeConfiguration()

    /// `DEV.dim_movies`, as the console prints it.
    public var displayName: String { "\(schema).\(name)" }

    /// What files and tables that belong to it are called: its name, of a test whose name is too long a shorter one.
    public var alias: String {
        guard case .test(let test) = content, let generic = test.generic else { return name }
        return generic.alias
    }
}

/// A column of a node.
public struct NodeColumn: Hashable, Sendable {
    /// As stored.
    public var name: String
    /// Its type, as the row type says.
    public var type: LogicalType
    /// Whether it may be NULL, as the row type says.
    public var isNullable: Bool
    /// For people; empty when nothing is said.
    public var about: String
}

/// What a node runs, free of generic types.
enum NodeContent: Sendable {
    case source
    case seed(SeedContent)
    case model(ModelContent)
    case snapshot(SnapshotContent)
    case test(TestContent)
    case unitTest(UnitTestContent)
    case exposure(ExposureContent)
    case analysis(BuiltQuery)
    /// Statements in SQL.
    case operation(String)
}

struct ModelContent: Sendable {
    /// The query for a build from nothing.
    var full: BuiltQuery
    /// The query for adding to what is there.
    var incremental: BuiltQuery
    var kind: ModelKind
    /// What rows of the table must meet to be replaced; they go by `IncrementalBuild.targetAlias`.
    var predicate: Expression?
}

extension Node {
    /// How a microbatch model is built; nil of all else.
    var microbatch: Microbatch? {
        guard case .model(let model) = content, case .incremental(.microbatch(let batch), _) = model.kind else {
            return nil
        }
        return batch
    }
}

/// A `Materialization`, with columns in place of key paths.
enum ModelKind: Hashable, Sendable {
    enum Strategy: Hashable, Sendable {
        case append
        /// `updating` nil: all columns.
        case merge([String], updating: [String]?)
        case deleteInsert([String])
        case insertOverwrite
        case microbatch(Microbatch)

        /// dbt's name of it.
        var name: String {
            switch self {
            case .append: "append"
            case .merge: "merge"
            case .deleteInsert: "delete+insert"
            case .insertOverwrite: "insert_overwrite"
            case .microbatch: "microbatch"
            }
        }

        var keys: [String] {
            switch self {
            case .append, .insertOverwrite, .microbatch: []
            case .merge(let keys, _), .deleteInsert(let keys): keys
            }
        }
    }
    case view
    case table
    case ephemeral
    case incremental(Strategy, OnSchemaChange)
}

struct SeedContent: Sendable {
    var csv: String
    var columns: [RowColumn]
}

struct SnapshotContent: Sendable {
    enum Strategy: Hashable, Sendable {
        case timestamp(String)
        /// `columns` nil: all.
        case check(columns: [String]?, updatedAt: String?)
    }
    var query: BuiltQuery
    var keys: [String]
    var strategy: Strategy
    var hardDeletes: HardDeletes
    var metaColumns = MetaColumns()
    /// What stands in place of NULL in the version that still holds.
    var validToCurrent: LocalDateTime?
}

struct TestContent: Sendable {
    /// Gives a row for each failure; its relations are references.
    var query: WarehouseSQL.Query
    var expectation: TestExpectation
    /// Of a generic test: its kind, the node and the column it is attached to, and its arguments.
    var generic: GenericTest?
    /// The aggregate over the rows of `relation` that counts the failures too, where there is one.
    var shared: SharedCount?
    /// The relation of whose rows only those that meet the expectation's `filter` are tested.
    var filteredRelation: ObjectReference?
}

/// How a test's failures are counted in a scan of the relation that it shares with other tests.
struct SharedCount: Sendable {
    var relation: ObjectReference
    /// Its columns are unqualified.
    var count: Expression
    /// It is 0 when there are no failures, and else not their number: the test then counts by itself.
    var isProbe = false
}

struct GenericTest: Sendable {
    var name: String
    /// The node's name, or what stands for one that is too long.
    var alias: String
    /// The package that it is known from; nil is dbt itself.
    var namespace: String?
    var attachedTo: String
    var column: String?
    var arguments: [(name: String, value: String)]
}

/// A model's query, the rows it is given in place of its inputs, and the rows that it must give.
struct UnitTestContent: Sendable {
    var testedID: String
    var testedName: String
    var query: BuiltQuery
    var given: [Fixture]
    var expected: Fixture
}

/// Rows of constants that stand for a relation.
struct Fixture: Sendable {
    /// What the rows stand for in queries' trees; of rows that are expected, the model.
    var reference: ObjectReference
    /// For people and the manifest: `ref('x')`, `source('raw', 'x')`, `this`.
    var input: String
    var name: String
    /// All columns of the relation; of rows that are expected, those that are compared.
    var columns: [ColumnSchema]
    /// As many a row as columns.
    var rows: [[Expression]]
}
