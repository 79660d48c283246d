import WarehouseBasics
import WarehouseColumns

/// The side of a join that is kept: its rows and their index in memory, or on disk where there is no room for both.
enum JoinBuildSide {
    case memory(JoinBuild)
    case disk(SpilledRows)
}

/// Reads the side of a join that is kept. Rows that fit go to disk after all where the index over them does not: it takes
/// more than the rows where these are narrow.
struct JoinBuildMaker {
    let keys: [Int]
    let equalities: [KeyEquality]
    /// Of a join without keys.
    var search: JoinSearch?
    let tracksMatches: Bool
    /// Otherwise what does not fit is an error.
    let mayGoToDisk: Bool

    func make(_ input: any PhysicalOperator, _ context: QueryContext, _ resources: OperatorResources) throws
        -> JoinBuildSide {
        let held = MemoryReservation(context.memory)
        guard mayGoToDisk, context.spill != nil else {
            let parts = try input.collect(context, reservation: held)
            return .memory(try build(try rows(parts, input, context), held, within: 1, context, resources))
        }
        let collected = try input.collectElastically(context, reservation: held, resources: resources)
        guard case .memory(let parts) = collected else {
            if case .disk(let rows) = collected { return .disk(rows) }
            return .memory(try build(RowBuffer(input.outputTypes), held, within: 1, context, resources))
        }
        let rows = try rows(parts, input, context)
        do {
            return .memory(try build(rows, held, within: MemoryAccount.sharedPart, context, resources))
        } catch {
            guard error.isMemoryLimit,
                  let spilled = try SpilledRows.written([rows], types: rows.types, context) else { throw error }
            resources.note(spilled: spilled.file.byteCount)
            return .disk(spilled)
        }
    }

    private func rows(_ parts: [RowBuffer], _ input: any PhysicalOperator, _ context: QueryContext) throws -> RowBuffer {
        try RowBuffer.concatenated(draining: parts, types: input.outputTypes, context)
    }

    private func build(_ rows: RowBuffer, _ held: MemoryReservation, within part: Double, _ context: QueryContext,
                       _ resources: OperatorResources) throws -> JoinBuild {
        let build = try JoinBuild(rows, keys: keys, equalities: equalities, search: search,
                                  tracksMatches: tracksMatches, held, within: part, context: context)
        resources.note(peak: held.bytes)
        return build
    }
}
