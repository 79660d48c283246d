import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// GET_DDL('kind', 'name' [, use fully qualified names]): the catalog writes the statement, once for the query.
    func bindDefinition(_ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        guard (2...3).contains(call.arguments.count) else {
            throw CompilationError.make(.argumentCount, "GET_DDL takes 2 or 3 arguments, not \(call.arguments.count)",
                                        at: span, hint: "GET_DDL('TABLE', 'MY_SCHEMA.MY_TABLE').")
        }
        let arguments = try call.arguments.map { argument -> Constant in
            guard case .expression(let expression) = argument,
                  case .constant(let constant) = try bindExpression(expression, context) else {
                throw CompilationError.make(.invalidArgumentTypes, "Arguments of GET_DDL must be constants", at: span)
            }
            return constant
        }
        guard case .bytes(let kind) = arguments[0].value, case .bytes(let name) = arguments[1].value else {
            throw CompilationError.make(.invalidArgumentTypes, "GET_DDL takes the kind and the name as text", at: span)
        }
        var isQualified = false
        if arguments.count == 3, case .boolean(let flag) = arguments[2].value { isQualified = flag }
        let signature = try Parser.parseSignature(String(decoding: name, as: UTF8.self))
        let types = try signature.types?.map { try TypeResolver.logicalType($0, parameters: catalog.context.parameters) }
        let text = try catalog.definition(ofKind: String(decoding: kind, as: UTF8.self).uppercased(),
                                          signature.name.map(\.name), types: types, isQualified: isQualified)
        return .constant(.text(text))
    }

    static let roleLists: Set<String> = ["CURRENT_AVAILABLE_ROLES", "CURRENT_SECONDARY_ROLES"]

    /// CURRENT_AVAILABLE_ROLES() and CURRENT_SECONDARY_ROLES(): JSON as text.
    func bindRoleList(_ name: String, _ call: FunctionCall, at span: SourceSpan) throws -> BoundExpression {
        guard call.arguments.isEmpty else {
            throw CompilationError.make(.argumentCount, "\(name) takes no arguments, not \(call.arguments.count)", at: span)
        }
        let roles = try catalog.sessionRoles()
        return .constant(.text(name == "CURRENT_AVAILABLE_ROLES" ? roles.availableText : roles.secondaryText))
    }

    /// GETVARIABLE('NAME'): a session variable as text, NULL where there is none. Names are upper-case, as SET folds them.
    func bindVariable(_ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws -> BoundExpression {
        guard call.arguments.count == 1, case .expression(let expression) = call.arguments[0] else {
            throw CompilationError.make(.argumentCount, "GETVARIABLE takes 1 argument, not \(call.arguments.count)", at: span)
        }
        guard case .constant(let constant) = try bindExpression(expression, context) else {
            throw CompilationError.unsupported("GETVARIABLE of what is no constant", at: span)
        }
        guard case .bytes(let bytes) = constant.value, let value = catalog.variable(String(decoding: bytes, as: UTF8.self))
        else { return .constant(.null(.text)) }
        return try factory.cast(.constant(value), to: .text)
    }

    static let roleTests: Set<String> = ["IS_ROLE_IN_SESSION", "IS_DATABASE_ROLE_IN_SESSION"]

    /// IS_ROLE_IN_SESSION('name') and IS_DATABASE_ROLE_IN_SESSION('name'), which means a role of the current database: an
    /// unquoted name is folded, as everywhere; one of several parts is no role's.
    func bindRoleInSession(_ function: String, _ call: FunctionCall, at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        guard call.arguments.count == 1, case .expression(let expression) = call.arguments[0] else {
            throw CompilationError.make(.argumentCount, "\(function) takes 1 argument, not "
                + "\(call.arguments.count)", at: span)
        }
        let name = try bindExpression(expression, context)
        guard case .constant(let constant) = name else {
            throw CompilationError.unsupported("\(function) of what is no constant", at: span)
        }
        guard case .bytes(let bytes) = constant.value else { return .constant(.null(.boolean)) }
        let parts = try Parser.parseObjectName(String(decoding: bytes, as: UTF8.self))
        guard parts.count == 1 else { return .constant(.boolean(false)) }
        let isDatabaseRole = function == "IS_DATABASE_ROLE_IN_SESSION"
        return .constant(.boolean(isDatabaseRole ? try catalog.isActive(databaseRole: parts[0].name)
            : try catalog.isActive(role: parts[0].name)))
    }
}
