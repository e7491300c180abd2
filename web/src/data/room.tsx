import { IconData } from "../parts/icons";
import { Empty } from "../parts/notice";

export default function DataRoom() {
  return <Empty icon={<IconData size={28} />} title="Data" />;
}
