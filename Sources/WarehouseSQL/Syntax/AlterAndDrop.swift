import WarehouseBasics

/// `ALTER TABLE [IF EXISTS] name actions`.
public struct AlterTableStatement: Hashable, Sendable {
    public var ifExists: Bool
    public var name: ObjectReference
    public var action: AlterTableAction
    public init(ifExists: Bool = false, name: ObjectReference, action: AlterTableAction) {
        self.ifExists = ifExists
        self.name = name
        self.action = action
    }
}

/// What ALTER TABLE does.
public enum AlterTableAction: Hashable, Sendable {
    case addColumns([ColumnDefinition], ifNotExists: Bool)
    case dropColumns([Identifier], ifExists: Bool)
    case renameColumn(Identifier, to: Identifier)
    case alterColumns([ColumnChange])
    case renameTo(ObjectReference)
    case swapWith(ObjectReference)
    case addConstraint(TableConstraint)
    case dropConstraint(Identifier)
    case dropPrimaryKey
    case renameConstraint(Identifier, to: Identifier)
    case clusterBy([Expression])
    case dropClusteringKey
    case set([ObjectProperty])
    case unset([String])
    /// `SET TAG name = 'text', …`.
    case setTags([ObjectProperty])
    case unsetTags([ObjectReference])
    /// What concerns how Snowflake stores or finds rows, not which: `SUSPEND RECLUSTER`, `ADD SEARCH OPTIMIZATION`.
    case maintenance(String)
}

/// `ALTER COLUMN column change`.
public struct ColumnChange: Hashable, Sendable {
    /// What becomes of the column.
    public enum Action: Hashable, Sendable {
        case setType(TypeName)
        case setNotNull
        case dropNotNull
        case setDefault(Expression)
        case dropDefault
        case comment(String)
        case unsetComment
        /// `SET TAG name = 'text', …`
        case setTags([ObjectProperty])
        case unsetTags([ObjectReference])
    }
    public var column: Identifier
    public var action: Action
    public init(column: Identifier, action: Action) {
        self.column = column
        self.action = action
    }
}

/// ALTER of anything but a table.
public struct AlterObjectStatement: Hashable, Sendable {
    public var kind: ObjectKind
    public var ifExists: Bool
    /// nil for SESSION and ACCOUNT, and for `ALTER USER SET …` of oneself.
    public var name: ObjectReference?
    /// Of a function or procedure.
    public var argumentTypes: [TypeName]?
    public var action: AlterObjectAction
    public init(
        kind: ObjectKind, ifExists: Bool = false, name: ObjectReference?, argumentTypes: [TypeName]? = nil,
        action: AlterObjectAction
    ) {
        self.kind = kind
        self.ifExists = ifExists
        self.name = name
        self.argumentTypes = argumentTypes
        self.action = action
    }
}

/// What ALTER of anything but a table does.
public enum AlterObjectAction: Hashable, Sendable {
    case set([ObjectProperty])
    case unset([String])
    case renameTo(ObjectReference)
    case swapWith(ObjectReference)
    case setTags([ObjectProperty])
    case unsetTags([ObjectReference])
    /// Words such as `SUSPEND`, `RESUME IF SUSPENDED`, `ABORT ALL QUERIES`, `ENABLE MANAGED ACCESS`.
    case command(String)
    /// `REFRESH [SUBPATH = 'path']` of a stage.
    case refresh(subpath: String?)
}

/// What becomes of things that depend on what is dropped or revoked.
public enum DropBehavior: String, Hashable, Sendable {
    case cascade = "CASCADE"
    case restrict = "RESTRICT"
}

/// `DROP kind [IF EXISTS] name [CASCADE|RESTRICT]`.
public struct DropStatement: Hashable, Sendable {
    public var kind: ObjectKind
    public var ifExists: Bool
    public var name: ObjectReference
    /// Of a function or procedure.
    public var argumentTypes: [TypeName]?
    public var behavior: DropBehavior?
    public init(
        kind: ObjectKind, ifExists: Bool = false, name: ObjectReference, argumentTypes: [TypeName]? = nil,
        behavior: DropBehavior? = nil
    ) {
        self.kind = kind
        self.ifExists = ifExists
        self.name = name
        self.argumentTypes = argumentTypes
        self.behavior = behavior
    }
}

/// `UNDROP kind name`: brings back the one dropped last.
public struct UndropStatement: Hashable, Sendable {
    public var kind: ObjectKind
    public var name: ObjectReference
    public init(kind: ObjectKind, name: ObjectReference) {
        self.kind = kind
        self.name = name
    }
}

/// `COMMENT [IF EXISTS] ON kind name IS 'text'`; of a column the last part is the column's name.
public struct CommentStatement: Hashable, Sendable {
    public var ifExists: Bool
    public var kind: ObjectKind
    public var name: ObjectReference
    public var argumentTypes: [TypeName]?
    public var text: String
    public init(
        ifExists: Bool = false, kind: ObjectKind, name: ObjectReference, argumentTypes: [TypeName]? = nil,
        text: String
    ) {
        self.ifExists = ifExists
        self.kind = kind
        self.name = name
        self.argumentTypes = argumentTypes
        self.text = text
    }
}
