import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// User-defined functions as catalog entries: an entry's name is `NAME(TYPE, TYPE)`, so that overloads stand side by
/// side; its columns are the parameters, then the columns of the table it gives.
enum UserFunctions {
    /// `NAME(TYPE, TYPE)`
    static func signature(_ name: String, _ types: [LogicalType]) -> String {
        "\(name)(\(types.map(typeName).joined(separator: ", ")))"
    }

    /// A type without its lengths and digits, which do not tell overloads apart.
    static func typeName(_ type: LogicalType) -> String {
        switch type {
        case .array: "ARRAY"
        default: String(type.description.prefix { $0 != "(" })
        }
    }

    /// Overloads of a name in a schema, temporary ones of the session first.
    static func overloads(_ name: String, in schema: CatalogEntry, _ resolver: NameResolver) -> [CatalogEntry] {
        let all = resolver.children(of: schema, kind: .function)
            .filter { $0.functionName == name }
        let hidden = Set(all.filter { $0.temporarySession != nil }.map(\.name))
        return all.filter { $0.temporarySession != nil || !hidden.contains($0.name) }
    }

    /// What the planner sees of an entry.
    static func function(_ entry: CatalogEntry, name: ObjectName, home: any Catalog, hidesText: Bool = false)
        throws(WarehouseError) -> CatalogFunction {
        let result: CatalogFunction.Result
        if entry.isTableFunction {
            result = .table(entry.functionColumns.map(\.schema))
        } else {
            guard let column = entry.functionColumns.first else {
                throw WarehouseError(.corrupt, "Function \(name) has no result type.")
            }
            result = .scalar(column.type)
        }
        return CatalogFunction(
            name: name, parameters: entry.functionParameters.map {
                CatalogFunction.Parameter(name: $0.name, type: $0.type, defaultText: $0.defaultText)
            }, result: result, body: .sql(entry.text("BODY") ?? "", catalog: home), isSecure: entry.isSecure,
            hidesText: hidesText)
    }

    /// The function of that name and those argument types; without types, the only one of that name.
    static func require(_ reference: ObjectReference, _ types: [TypeName]?, _ run: StatementRun) throws -> CatalogEntry {
        let types = try types?.map { try run.logicalType($0) }
        return try require(run.parts(reference), types, run.resolver(), reference.span)
    }

    static func require(_ parts: [String], _ types: [LogicalType]?, _ resolver: NameResolver, _ span: SourceSpan? = nil)
        throws(WarehouseError) -> CatalogEntry {
        let place = try resolver.place(parts, span)
        let all = overloads(place.name, in: place.schema, resolver)
        if let types {
            let wanted = signature(place.name, types)
            if let entry = all.first(where: { $0.name == wanted }) { return entry }
            throw NameResolver.missing(.function, parts, hint: hint(all), span: span)
        }
        guard let only = all.first else {
            throw NameResolver.missing(.function, parts, hint: nil, span: span)
        }
        guard all.count == 1 else {
            throw WarehouseError(.syntax, "There are \(all.count) functions named \(place.name): their argument types must "
                + "be said.", hint: hint(all), span: span)
        }
        return only
    }

    private static func hint(_ all: [CatalogEntry]) -> String? {
        all.isEmpty ? nil : "There is " + all.map(\.name).joined(separator: ", ") + "."
    }

    /// A secure function's body is its owner's.
    static func described(_ entry: CatalogEntry, isOwner: Bool) -> ResultSet {
        var rows = RowBuilder("property value")
        rows.add([.text("signature"), .text(entry.functionSignature)])
        rows.add([.text("returns"), .text(entry.functionReturns)])
        rows.add([.text("language"), .text("SQL")])
        let isShown = isOwner || !entry.isSecure
        rows.add([.text("body"), .text(isShown ? entry.text("BODY") ?? "" : "")])
        return rows.result
    }
}

extension CatalogEntry {
    /// Of a function: its name without the argument types.
    var functionName: String { text("NAME") ?? name }
    private var parameterCount: Int { Int(attributes["PARAMETERS"]?.integer ?? 0) }
    var functionParameters: [TableColumn] { Array(columns.prefix(max(0, parameterCount))) }
    var functionColumns: [TableColumn] { Array(columns.dropFirst(max(0, parameterCount))) }
    var isTableFunction: Bool { attributes["TABLE"]?.flag ?? false }

    /// `(A NUMBER, B VARCHAR)`
    var functionSignature: String {
        "(" + functionParameters.map { "\($0.name) \(UserFunctions.typeName($0.type))" }.joined(separator: ", ") + ")"
    }

    /// `NUMBER(38,0)`, `TABLE (A NUMBER, B VARCHAR)`
    var functionReturns: String {
        guard isTableFunction else { return functionColumns.first?.type.description ?? "" }
        return "TABLE (" + functionColumns.map { "\($0.name) \(UserFunctions.typeName($0.type))" }.joined(separator: ", ")
            + ")"
    }

    /// `F(NUMBER [, VARCHAR]) RETURN NUMBER`
    var functionArguments: String {
        let required = functionParameters.filter { $0.defaultText == nil }.map { UserFunctions.typeName($0.type) }
        let optional = functionParameters.filter { $0.defaultText != nil }.map {
            UserFunctions.typeName($0.type)
        }
        var text = required.joined(separator: ", ")
        for type in optional { text += text.isEmpty ? "[\(type)]" : " [, \(type)]" }
        let result = isTableFunction ? functionReturns : functionColumns.first.map { UserFunctions.typeName($0.type) }
        return "\(functionName)(\(text)) RETURN \(result ?? "")"
    }
}

extension CatalogFunction {
    /// A function that the program registered.
    init(_ native: NativeFunction) {
        self.init(name: ObjectName(database: "", schema: "", name: native.name),
                  parameters: native.parameters.enumerated().map {
                      Parameter(name: "ARG\($0 + 1)", type: $1.type.logicalType)
                  }, result: .scalar(native.result.logicalType),
                  body: .native(native.key, isAggregate: native.isAggregate, isVolatile: native.isVolatile))
    }
}
