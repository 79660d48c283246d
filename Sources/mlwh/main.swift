import MovieLens
import WarehouseCommands
import WarehouseS3

CommandLineTool(
    name: "mlwh", version: "0.1.0", abstract: "A columnar warehouse in a directory: SQL, and typed models.",
    project: MovieLens.project, commands: [DemoCommand.self, GenerateCommand.self],
    objectStores: S3.isAvailable ? [S3()] : []
).main()
