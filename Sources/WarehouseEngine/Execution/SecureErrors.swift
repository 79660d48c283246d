import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Errors of what a secure view or function computes, for who does not own it: they keep their codes, and say nothing of
/// the rows and texts that they come of. ("Secure objects: Redaction of information in error messages", Snowflake's
/// behaviour change 1858.)
enum SecureErrors {
    /// The error as the statement's user may see it.
    static func redacted(_ error: any Error) -> any Error {
        guard let found = error as? WarehouseError, !ofTheStatement.contains(found.code) else { return error }
        var error = found
        error.message = "Error in secure object"
        error.hint = "The object's owner is told what is wrong."
        error.span = nil
        return error
    }

    /// What ends a statement whatever its rows are, and names neither files nor values.
    private static let ofTheStatement: Set<String> = Set([
        .cancelled, .statementTimeout, .memoryLimit, .diskFull, .internalFault,
    ].map { (kind: ErrorKind) in kind.code })
}

/// Stands where a secure view's rows leave it: errors from below are redacted, those of whoever takes the rows are not.
final class FenceOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    var outputTypes: [PhysicalType] { input.outputTypes }

    init(_ input: any PhysicalOperator) { self.input = input }

    func prepare(_ context: QueryContext) throws -> Int {
        do { return try input.prepare(context) } catch { throw SecureErrors.redacted(error) }
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        var above: (any Error)?
        do {
            try input.run(stripe: stripe, context, into: ClosureConsumer { batch in
                do {
                    return try consumer.consume(batch)
                } catch {
                    above = error
                    throw error
                }
            })
        } catch {
            throw above ?? SecureErrors.redacted(error)
        }
    }
}

/// The value of a secure function.
final class SecureValueNode: ExpressionEvaluator {
    private let value: ExpressionEvaluator

    init(_ value: ExpressionEvaluator) {
        self.value = value
        super.init()
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        do { return try value.evaluate(batch) } catch { throw SecureErrors.redacted(error) }
    }
}

extension ExpressionCompiler {
    /// What a secure function's body makes of its arguments.
    func secureValue(_ body: BoundExpression, _ type: LogicalType) throws -> CompiledNode {
        guard context.hidesSecureErrors else { return try typed(try compile(body), as: type) }
        do {
            return try typed(try compile(body), as: type).evaluated(by: SecureValueNode.init)
        } catch {
            throw SecureErrors.redacted(error)
        }
    }
}

extension PlanCompiler {
    /// What is below a fence.
    func compileFenced(_ input: LogicalPlan) throws -> Relation {
        var hidden = self
        hidden.isBelowFence = true
        guard context.hidesSecureErrors else { return try hidden.compile(input) }
        do {
            var relation = try hidden.compile(input)
            relation.source = FenceOperator(relation.source)
            return relation
        } catch {
            throw SecureErrors.redacted(error)
        }
    }
}
