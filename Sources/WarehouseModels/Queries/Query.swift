import WarehouseBasics
import WarehouseSQL

/// What a model's `query` writes into; each call is one clause, checked on its own line.
/// ```swift
/// static func query(_ q: inout Query) -> Columns {
///     let r = q.from(FctRatings.self)
///     q.group(by: r.userId)
///     return Columns(userId: r.userId, numberOfRatings: count(), averageRatingGiven: avg(r.rating))
/// }
/// // SELECT FCT_RATINGS.USER_ID AS USER_ID, COUNT(*) AS NUMBER_OF_RATINGS, AVG(FCT_RATINGS.RATING) AS …
/// // FROM MOVIELENS.DEV.FCT_RATINGS AS FCT_RATINGS GROUP BY FCT_RATINGS.USER_ID
/// ```
/// Order matters where SQL's does: a join's condition may use what stands before it.
public struct Query {
    /// How the query is to be built.
    struct Context {
        /// Whether the model is added to rather than built anew.
        var isIncremental = false
    }

    let context: Context
    var source: TableExpression?
    /// Aliases that stand in this query's FROM.
    var aliases: Set<String> = []
    var filters: [Expression] = []
    var groups: [Expression] = []
    var havings: [Expression] = []
    var qualifiers: [Expression] = []
    var orders: [OrderItem] = []
    var rowLimit: Int?
    var isDistinct = false
    /// Expressions of any clause that must only use this query's relations, with the clause's name.
    var checked: [(clause: String, tree: Expression)] = []
    /// The models whose `whenIncremental` stands in it.
    var incrementalModels: [any Relation.Type] = []
    /// Their conditions, but for those that say that they pass over late rows.
    var watermarked: [Expression] = []
    /// What is wrong with it, and with the queries within it.
    var problems: [QueryProblem] = []

    init(_ context: Context = Context()) { self.context = context }

    /// Whether the model is added to rather than built anew: dbt's `is_incremental()`, for raw SQL.
    public var isIncremental: Bool { context.isIncremental }

    // MARK: Clauses

    /// `WHERE`: only rows for which the condition holds. Several are joined by AND.
    public mutating func filter(_ condition: Predicate) {
        filters.append(condition.tree)
        checked.append(("filter", condition.tree))
    }

    /// `WHERE x IS NOT NULL`; gives the column without its `?`.
    public mutating func require<Value: SQLOptional>(_ column: Expr<Value>) -> Expr<Value.Base> {
        filter(column.isNotNull)
        return Expr<Value.Base>(tree: column.tree)
    }

    /// `GROUP BY`: one row for each combination of the keys. Several calls add up.
    public mutating func group(by keys: any AnyExpr...) {
        for key in keys {
            groups.append(key.tree)
            checked.append(("group(by:)", key.tree))
        }
    }

    /// `HAVING`: only groups for which the condition holds.
    public mutating func having(_ condition: Predicate) {
        havings.append(condition.tree)
        checked.append(("having", condition.tree))
    }

    /// `QUALIFY`: only rows for which a condition on window functions holds.
    public mutating func qualify(_ condition: Predicate) {
        qualifiers.append(condition.tree)
        checked.append(("qualify", condition.tree))
    }

    /// `ORDER BY`. Several calls add up.
    public mutating func order(by keys: Order...) {
        for key in keys {
            orders.append(key.item)
            checked.append(("order(by:)", key.item.expression))
        }
    }

    /// `LIMIT`: at most `count` rows.
    public mutating func limit(_ count: Int) { rowLimit = count }

    /// `SELECT DISTINCT`: each row once.
    public mutating func distinct() { isDistinct = true }

    /// A condition that holds only when the model is added to, not when it is built anew. `this` is the model as it
    /// stands; its columns are used in aggregates, which become scalar subqueries.
    /// ```swift
    /// q.whenIncremental(Self.self) { this in r.ratedAt > max(this.ratedAt) }
    /// // WHERE R.RATED_AT > (SELECT MAX(THIS.RATED_AT) FROM MOVIELENS.DEV.FCT_RATINGS AS THIS)
    /// ```
    /// Rows that come late, and rows equal to the maximum, are passed over, of which the project warns unless
    /// `skipsLateRows` says that it is meant; of an empty table the maximum is NULL, and nothing is added.
    public mutating func whenIncremental<M: Model>(
        _ model: M.Type, skipsLateRows: Bool = false, _ condition: (M.Columns) -> Predicate
    ) {
        let alias = RelationAlias.make("THIS")
        let this = M.Columns.reference(alias: alias, naming: M.naming)
        let table = SyntaxTree.table(RelationReference.this(model), as: alias)
        var rewriter = TreeRewriter(expression: { tree in
            guard TreeFacts.isAggregate(tree), TreeFacts.aliases(in: tree) == [alias] else { return nil }
            let select = SelectStatement(items: [.expression(SelectExpression(expression: tree))], from: [table])
            return Expression(.subquery(WarehouseSQL.Query(body: .select(select))))
        })
        let tree = rewriter.rewrite(condition(this).tree) as Expression
        if TreeFacts.aliases(in: tree).contains(alias) {
            problems.append(QueryProblem(
                text: "whenIncremental uses a column of `this` outside an aggregate; "
                    + "write max(this.…) or another one"))
        }
        incrementalModels.append(model)
        checked.append(("whenIncremental", tree))
        if !skipsLateRows { watermarked.append(tree) }
        if context.isIncremental { filters.append(tree) }
    }
}
