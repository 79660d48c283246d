import WarehouseBasics

/// One statement of a script: its tree, its own text without the `;`, and where it stands in the script. The spans
/// within the tree count from the start of the script.
public struct ParsedStatement: Hashable, Sendable {
    public var statement: Statement
    public var text: String
    @Unequated public var span: SourceSpan
    /// How many `?` it holds.
    public var positionalParameterCount: Int
    /// How high its tree is; see `SyntaxLimits.maximumHeight`.
    public var height: Int
    /// All statements of a chain `a ->> b ->> c`, of which this is the first's tree and the whole text; else none.
    public var chain: [ParsedStatement] = []
    public init(
        statement: Statement, text: String, span: SourceSpan = .none, positionalParameterCount: Int = 0,
        height: Int = 0
    ) {
        self.statement = statement
        self.text = text
        self.span = span
        self.positionalParameterCount = positionalParameterCount
        self.height = height
    }
}

/// Every statement of the dialect that has a tree.
public indirect enum Statement: Hashable, Sendable {
    case query(Query)
    case insert(InsertStatement)
    case insertIntoSeveral(MultiTableInsertStatement)
    case update(UpdateStatement)
    case delete(DeleteStatement)
    case merge(MergeStatement)
    case truncate(TruncateStatement)

    case createTable(CreateTableStatement)
    case createView(CreateViewStatement)
    case createFunction(CreateFunctionStatement)
    /// CREATE of every other kind.
    case createObject(CreateObjectStatement)
    case alterTable(AlterTableStatement)
    /// ALTER of every other kind, SESSION and ACCOUNT included.
    case alterObject(AlterObjectStatement)
    case drop(DropStatement)
    case undrop(UndropStatement)
    case comment(CommentStatement)

    case grant(GrantStatement)
    case revoke(RevokeStatement)

    case use(UseStatement)
    case set(SetStatement)
    case unset([Identifier])
    case show(ShowStatement)
    case describe(DescribeStatement)
    case explain(ExplainStatement)

    case copyIntoTable(CopyIntoTableStatement)
    case copyIntoLocation(CopyIntoLocationStatement)
    case put(PutStatement)
    case get(GetStatement)
    case list(StageListStatement)
    case remove(StageListStatement)

    /// `BEGIN [NAME name]`.
    case begin(name: Identifier? = nil)
    case commit
    case rollback
    /// `VACUUM [table]`: drops versions that nobody can read any more.
    case vacuum(ObjectReference?)
    case call(FunctionCall)
    /// `EXECUTE IMMEDIATE text`: the statement that a text holds.
    case executeImmediate(Expression)
}
