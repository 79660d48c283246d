import WarehouseBasics
import WarehouseStorage

/// One object of the catalog, of whatever kind: what it is called, who owns it, and its attributes. Kept in the
/// store as one record.
struct CatalogEntry: Sendable, Hashable {
    var id: ObjectID
    var kind: EntryKind
    /// The schema of a schema object, the database of a schema, nil for what stands at the top.
    var parent: ObjectID?
    var name: String
    /// The role that owns it.
    var owner: String
    /// Nanoseconds since the epoch, UTC.
    var createdAt: Int64
    var alteredAt: Int64
    var comment: String
    var attributes: Attributes
    /// Of tables and views.
    var columns: [TableColumn]

    init(id: ObjectID, kind: EntryKind, parent: ObjectID?, name: String, owner: String, createdAt: Int64,
         comment: String = "", attributes: Attributes = [:], columns: [TableColumn] = []) {
        self.id = id
        self.kind = kind
        self.parent = parent
        self.name = name
        self.owner = owner
        self.createdAt = createdAt
        self.alteredAt = createdAt
        self.comment = comment
        self.attributes = attributes
        self.columns = columns
    }
}

/// What a record is. Raw values are on disk: never reuse one.
enum EntryKind: UInt16, Sendable, Hashable, CaseIterable {
    case database = 1, schema = 2, table = 3, view = 4, stage = 5, fileFormat = 6
    case role = 7, user = 8, warehouse = 9, integration = 10, grant = 11
    /// Which files a table has loaded: one record a table and file.
    case loadedFile = 12
    case sequence = 13
    case function = 14
    /// A label that objects can be given.
    case tag = 17
    /// What ALTER ACCOUNT SET gave the account; one record, made when it is first set.
    case account = 18
    /// A role within a database.
    case databaseRole = 19

    /// As messages and SHOW say it.
    var title: String {
        switch self {
        case .database: "Database"
        case .schema: "Schema"
        case .table: "Table"
        case .view: "View"
        case .stage: "Stage"
        case .fileFormat: "File format"
        case .role: "Role"
        case .user: "User"
        case .warehouse: "Warehouse"
        case .integration: "Integration"
        case .grant: "Grant"
        case .loadedFile: "Loaded file"
        case .sequence: "Sequence"
        case .function: "Function"
        case .tag: "Tag"
        case .account: "Account"
        case .databaseRole: "Database role"
        }
    }

    /// Whether it lives in a schema.
    var isSchemaObject: Bool {
        switch self {
        case .table, .view, .stage, .fileFormat, .sequence, .function, .tag: true
        default: false
        }
    }

    /// Tables and views share one space of names.
    var nameSpace: EntryKind { self == .view ? .table : self }
}

/// Named facts of an entry. Keys are upper case.
typealias Attributes = [String: AttributeValue]

enum AttributeValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case list([String])
}

extension AttributeValue {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    var list: [String]? { if case .list(let value) = self { value } else { nil } }

    /// As SHOW and DESC print it.
    var display: String {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .flag(let value): value ? "true" : "false"
        case .list(let items): items.joined(separator: ",")
        }
    }
}

/// A column of a table or view.
struct TableColumn: Sendable, Hashable {
    var name: String
    var type: LogicalType
    var isNullable: Bool
    /// The DEFAULT expression as SQL text; bound anew at each INSERT.
    var defaultText: String?
    var identity: Identity?
    var comment: String

    struct Identity: Sendable, Hashable {
        var start: Int64
        var step: Int64
    }

    init(_ name: String, _ type: LogicalType, isNullable: Bool = true, defaultText: String? = nil,
         identity: Identity? = nil, comment: String = "") {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.defaultText = defaultText
        self.identity = identity
        self.comment = comment
    }

    var schema: ColumnSchema { ColumnSchema(name, type, isNullable: isNullable) }
}

extension CatalogEntry {
    var isTransient: Bool { attributes["TRANSIENT"]?.flag ?? false }
    /// The session that a temporary table belongs to; nil for all others.
    var temporarySession: String? { attributes["SESSION"]?.text }
    /// Of a stage: the name of the file that keeps its keys.
    var secretName: String? { attributes["SECRET"]?.text }
    /// Of a view or function: its text is its owner's, and nothing but what it gives comes of it.
    var isSecure: Bool { attributes["SECURE"]?.flag == true }
    /// Of a view: its SELECT.
    var viewText: String { attributes["TEXT"]?.text ?? "" }
    /// What a grant is on.
    var target: ObjectID? { attributes["TARGET"]?.integer.map { ObjectID(UInt64(bitPattern: $0)) } }

    func text(_ key: String) -> String? { attributes[key]?.text }

    var storedColumns: [StoredColumn] { columns.map { StoredColumn($0.type) } }

    /// When it was dropped; nil for what is not.
    var droppedAt: Int64? { attributes["DROPPED"]?.integer }
}
